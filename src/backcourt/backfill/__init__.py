"""Plan and run computations over ranges of dates; failures and ledger."""
