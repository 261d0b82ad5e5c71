"""The objects of the accounting API: what each holds, how it is searched, how it is shown."""
