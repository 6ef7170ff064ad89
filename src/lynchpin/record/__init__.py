"""What happened: the words events are coded in, the feeds that bring them, and the store that keeps them."""
