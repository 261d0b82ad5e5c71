"""The living style page: every component in every state, to build with and to judge by."""
