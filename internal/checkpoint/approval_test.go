package checkpoint

import (
	"slices"
	"strings"
	"testing"
	"time"

	"batchcomplete/internal/batch/journaltest"
)

// imported takes in a file of bills as somebody, and gives its batch.
func importedBy(t *testing.T, db *DB, name, who string) Batch {
	t.Helper()
	imp, err := db.Import(ctx, File{Path: name + ".xlsx", SHA256: name, At: noon, Settings: map[string]string{ImportedBy: who}}, ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer imp.Rollback()
	for i, bill := range journaltest.Bills(3) {
		bill.BillNo = "124F" + strings.ToUpper(name) + bill.BillNo[4:]
		if _, err := imp.Add(Entry{Line: i + 2, Bill: bill}); err != nil {
			t.Fatal(err)
		}
	}
	b, err := imp.Commit()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAnApprovalHoldsForItsTime(t *testing.T) {
	db := scratch(t)
	b := importedBy(t, db, "a", "alice")
	importedBy(t, db, "b", "alice")
	given := Approval{b.SHA256, b.Rows, b.Fen, "bob", noon, noon.Add(time.Hour)}
	if err := db.Approve(ctx, b.ID, given); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[time.Duration][]int64{-time.Second: {}, 0: {b.ID}, time.Hour - time.Second: {b.ID}, time.Hour: {}} {
		if got, err := db.Approved(ctx, noon.Add(at)); err != nil || !slices.Equal(got, want) {
			t.Errorf("after %v: %v, %v", at, got, err)
		}
	}
	if got, err := db.Approvals(ctx, b.ID); err != nil || len(got) != 1 || got[0] != given {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTheDatabaseRefusesAnApproval(t *testing.T) {
	db := scratch(t)
	b, nobodys := importedBy(t, db, "a", "alice"), importedBy(t, db, "b", "")
	fine := Approval{b.SHA256, b.Rows, b.Fen, "bob", noon, noon.Add(time.Hour)}
	for name, c := range map[string]struct {
		batch   Batch
		change  func(*Approval)
		because string
	}{
		"by whoever imported it":     {b, func(a *Approval) { a.Actor = "alice" }, "does not approve it"},
		"where nobody knows who did": {nobodys, func(a *Approval) { a.SHA256 = "b" }, "does not approve it"},
		"by nobody":                  {b, func(a *Approval) { a.Actor = "" }, "CHECK"},
		"of another file":            {b, func(a *Approval) { a.SHA256 = "b" }, "as it was imported"},
		"of fewer rows":              {b, func(a *Approval) { a.Rows-- }, "as it was imported"},
		"of more money":              {b, func(a *Approval) { a.Fen++ }, "as it was imported"},
		"that never holds":           {b, func(a *Approval) { a.Until = a.At }, "CHECK"},
	} {
		a := fine
		c.change(&a)
		if err := db.Approve(ctx, c.batch.ID, a); err == nil || !strings.Contains(err.Error(), c.because) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := db.Approve(ctx, b.ID, fine); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{`DELETE FROM approval`, `UPDATE approval SET expires_at = expires_at + 1`} {
		if _, err := db.reads.ExecContext(ctx, sql); err == nil || !strings.Contains(err.Error(), "only appended") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
