"""What things cost: pure arithmetic on frozen values, to the millionth and without a loss."""
