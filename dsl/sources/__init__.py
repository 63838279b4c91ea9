"""Where the rows of tables come from: files, databases, and data frames given from Python, all as columns of Polars."""
