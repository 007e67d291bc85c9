package journaltest

import (
	"testing"

	"batchcomplete/internal/batch"
)

func TestTheJournalInMemory(t *testing.T) {
	Suite(t, func(_ *testing.T, bills []batch.Bill) (batch.Journal, []int64) {
		var rows []batch.Row
		var ids []int64
		for i, bill := range bills {
			id := int64(i + 1)
			ids = append(ids, id)
			rows = append(rows, batch.Row{ID: id, Batch: "suite", Line: i + 2, Bill: bill, State: batch.Pending, OrderID: batch.OrderID("test", "", bill.Identity(), 0)})
		}
		return NewMemory(rows...), ids
	})
}
