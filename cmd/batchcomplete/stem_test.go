package main

import (
	"testing"

	"batchcomplete/internal/checkpoint"
)

func TestNoFilesResultsTakeTheNameOfAnothers(t *testing.T) {
	all := []checkpoint.Batch{
		{ID: 1, Path: "/in/bills.csv", Name: "bills-2026-11-24"},
		{ID: 2, Path: "/in/bills.xlsx", Name: "bills-2026-11-24-2"},
		{ID: 3, Path: "/in/bills.csv", Name: "bills-2026-11-24-3"}, // mended, and handed in again
		{ID: 4, Path: "/other/bills.csv", Name: "bills-2026-11-24-4"},
		{ID: 5, Path: "/in/refunds.csv", Name: "refunds-2026-11-24"},
	}
	for i, want := range []struct{ beside, oneFolder string }{
		{"bills", "bills"}, {"bills-2026-11-24-2", "bills-2026-11-24-2"}, {"bills", "bills"},
		{"bills", "bills-2026-11-24-4"}, {"refunds", "refunds"},
	} {
		if got := resultStem(all[i], all, false); got != want.beside {
			t.Errorf("%s beside the input: %s", all[i].Name, got)
		}
		if got := resultStem(all[i], all, true); got != want.oneFolder {
			t.Errorf("%s in one folder: %s", all[i].Name, got)
		}
	}
}
