"""The pages, one file each: what a request asks is read, the desk is asked, and a template is filled."""
