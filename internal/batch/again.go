package batch

// Verdict says what becomes of a bill that is read from a file when a row with
// the same identity is there already.
type Verdict uint8

// The verdicts.
const (
	// Conflicting: another row of the same file asks for something else. Which
	// one is meant cannot be known, so neither is sent.
	Conflicting Verdict = iota
	// Repeated: it asks for the same; the earlier row has it.
	Repeated
	// Changed: it asks for something else, and the earlier row was never sent: a
	// person may accept the change (--accept-changes).
	Changed
	// ChangedTooLate: it asks for something else, and the earlier row was sent.
	ChangedTooLate
)

// Again compares a bill with the row that has its identity already. sameFile
// says that both stand in one file.
func Again(earlier Row, bill Bill, sameFile bool) Verdict {
	same := bill.Amount == earlier.Amount && bill.AuthIDRespCd == earlier.AuthIDRespCd &&
		(bill.AuthedOrderID == "" || bill.AuthedOrderID == earlier.OrderID || bill.AuthedOrderID == earlier.AuthedOrderID)
	switch {
	case same:
		return Repeated
	case sameFile:
		return Conflicting
	case earlier.Attempts == 0 && earlier.State == Pending:
		return Changed
	}
	return ChangedTooLate
}
