package checkpoint

import (
	"bytes"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/batch/journaltest"
)

// meant is what a run would act on.
type meant struct {
	bill     batch.Bill
	state    batch.State
	orderID  string
	attempts int
}

// TestADamagedCheckpointIsRefusedOrSaysWhatItDid flips bits all over a checkpoint,
// and writes whole pages over with others: each time it is refused, before
// anything could be sent, or the rows that would be sent or asked about are what
// they were.
func TestADamagedCheckpointIsRefusedOrSaysWhatItDid(t *testing.T) {
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(120)...)
	for id := int64(1); id <= 40; id++ {
		if _, err := intend(db, id, noon); err != nil {
			t.Fatal(err)
		}
		if id%2 == 0 {
			if err := db.Move(ctx, batch.Move{ID: id, Cause: batch.BySend, From: batch.Sending, To: batch.Unknown, At: noon}); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := worked(t, db)
	path := db.Path()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	whole := read(t, path)
	random := rand.New(rand.NewPCG(8, 2026))
	refused, changed := 0, 0
	trials := 4 * len(whole) / onePage
	for n := range trials {
		text := append([]byte(nil), whole...)
		page := n % (len(whole) / onePage) * onePage
		switch n % 4 {
		case 3: // a page is another's
			from := random.IntN(len(whole)/onePage) * onePage
			copy(text[page:page+onePage], whole[from:from+onePage])
		default:
			for range 1 + random.IntN(8) {
				text[page+random.IntN(onePage)] ^= 1 << random.IntN(8)
			}
		}
		damaged := filepath.Join(t.TempDir(), "x.db")
		if err := os.WriteFile(damaged, text, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := Open(ctx, Options{Path: damaged, Env: "test"})
		if err == nil {
			err = db.Sound(ctx)
			if err == nil {
				if got := worked(t, db); !maps.Equal(got, subset(want, got)) {
					t.Errorf("trial %d, page %d: other rows would be worked on", n, page/onePage+1)
					changed++
				}
			}
			_ = db.Close()
		}
		if err != nil {
			refused++
		}
	}
	t.Logf("%d of %d were refused", refused, trials)
	if refused < trials/4 || changed > 0 {
		t.Errorf("%d of %d were refused, %d passed for sound", refused, trials, changed)
	}
}

// worked gives the rows that a run would work on, and as what.
func worked(t *testing.T, db *DB) map[int64]meant {
	t.Helper()
	all := map[int64]meant{}
	for _, state := range []batch.State{batch.Pending, batch.Sending, batch.Unknown} {
		rows, err := db.Rows(ctx, state, 0, 1000, nil)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Error(err)
			}
			return nil // the run stops there
		}
		for _, r := range rows {
			all[r.ID] = meant{r.Bill, state, r.OrderID, r.Attempts}
		}
	}
	return all
}

// subset gives those of all that stand in some.
func subset(all, some map[int64]meant) map[int64]meant {
	both := map[int64]meant{}
	for id := range some {
		both[id] = all[id]
	}
	return both
}

// TestAnUntouchedRowIsAsItWasImported: no event tells of it, and its first hash is
// not over these.
func TestAnUntouchedRowIsAsItWasImported(t *testing.T) {
	for _, change := range []string{"state = 'unknown'", "state = 'held'", "generation = 1", "attempts = 1, sends = 1", "order_id = 'AAAA0000000000000000000001'"} {
		db := scratch(t)
		take(t, db, "bills", ImportOptions{}, journaltest.Bills(3)...)
		if err := db.Sound(ctx); err != nil {
			t.Fatal(err)
		}
		untrigger(t, db)
		unruled(t, db, "UPDATE progress SET "+change+" WHERE row_id = 2")
		if err := db.Sound(ctx); !errors.Is(err, ErrAltered) {
			t.Errorf("%s: %v", change, err)
		}
	}
}

// TestAnIndexThatIsNotWhatItsTableSaysIsDamage changes one word in the index of
// open rows, by which a run finds them, and in nothing else.
func TestAnIndexThatIsNotWhatItsTableSaysIsDamage(t *testing.T) {
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(60)...)
	path := db.Path()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	const leafOfAnIndex = 0x0a
	text, most := read(t, path), []byte(nil)
	for at := onePage; at < len(text); at += onePage {
		page := text[at : at+onePage]
		if page[0] == leafOfAnIndex && bytes.Count(page, []byte("pending")) > bytes.Count(most, []byte("pending")) {
			most = page
		}
	}
	if bytes.Count(most, []byte("pending")) != 60 {
		t.Fatalf("the index was not found: %d", bytes.Count(most, []byte("pending")))
	}
	copy(most[bytes.Index(most, []byte("pending")):], "unknown")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open(t, path).Sound(ctx); !errors.Is(err, ErrDamaged) {
		t.Error(err)
	}
}
