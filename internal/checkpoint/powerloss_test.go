package checkpoint

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/batch/journaltest"
)

// TestPowerLossLosesNoAcknowledgedIntent keeps what the disk has once an intent
// is acknowledged: the checkpoint and its log up to there, since synchronous=FULL
// flushes the log before COMMIT returns. What was written after it is cut at any
// byte, or is rubbish. Whatever the machine finds when it comes back, the
// acknowledged intents are there, and nothing is half there.
func TestPowerLossLosesNoAcknowledgedIntent(t *testing.T) {
	const bills = 12
	db := scratch(t)
	reader, err := db.Snapshot(ctx) // for whom nothing is written back: the log is only appended to
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(bills)...)
	db.aside.Wait()
	var sizes []int64 // of the log, when that many intents were acknowledged
	var main []byte
	for id := range int64(bills + 1) {
		if id > 0 {
			if _, err := intend(db, id, noon); err != nil {
				t.Fatal(err)
			}
		}
		info, err := os.Stat(db.Path() + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, info.Size())
		now := read(t, db.Path())
		if main != nil && !bytes.Equal(main, now) {
			t.Fatal("the log was written back meanwhile: the sizes prove nothing")
		}
		main = now
	}
	log := read(t, db.Path()+"-wal")
	random := rand.New(rand.NewPCG(1, 1))
	images := 0
	for acknowledged := range bills {
		least, most := sizes[acknowledged], sizes[acknowledged+1]
		for n := range 8 {
			cut := least + random.Int64N(most-least+1)
			tail := log[least:cut]
			if n%2 == 1 {
				tail = rubbish(random, len(tail))
			}
			found := sendingIn(t, main, append(bytes.Clone(log[:least]), tail...))
			if found != acknowledged && found != acknowledged+1 || n%2 == 1 && found != acknowledged {
				t.Errorf("%d intents were acknowledged, and %d of %d bytes that followed are there: %d were found", acknowledged, cut-least, most-least, found)
			}
			images++
		}
	}
	t.Logf("%d images", images)
}

func rubbish(random *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sendingIn opens what is left of a checkpoint and its log, and counts the rows
// that are sending.
func sendingIn(t *testing.T, main, log []byte) int {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image.db")
	for name, text := range map[string][]byte{path: main, path + "-wal": log} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := open(t, path)
	rows, err := db.Rows(ctx, batch.Sending, 0, 1000, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Attempts != 1 {
			t.Errorf("row %d is half there: %+v", row.ID, row)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return len(rows)
}
