package checkpoint

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"

	"batchcomplete/internal/batch"
)

// many is how many bills are written by one statement: most of what a statement
// costs, it costs once.
const many = 32

const (
	aRow      = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'bill', '', NULL)`
	fourRows  = aRow + `, ` + aRow + `, ` + aRow + `, ` + aRow
	eightRows = fourRows + `, ` + fourRows
	manyRows  = insertRows + eightRows + `, ` + eightRows + `, ` + eightRows + `, ` + eightRows

	aBill      = `(?, 'pending', ?, ?, ?)`
	fourBills  = aBill + `, ` + aBill + `, ` + aBill + `, ` + aBill
	eightBills = fourBills + `, ` + fourBills
	manyBills  = insertBills + eightBills + `, ` + eightBills + `, ` + eightBills + `, ` + eightBills
)

// together writes many new bills, each by the same columns as one alone.
type together struct {
	rows, bills statement
	values      []driver.Value // of one execution; the room is used again
}

func prepareTogether(conn *sql.Conn) (t together, err error) {
	if t.rows, err = prepareOn(conn, manyRows); err != nil {
		return t, err
	}
	t.bills, err = prepareOn(conn, manyBills)
	return t, err
}

func (t together) close() error { return errors.Join(t.rows.close(), t.bills.close()) }

// AddAll takes in the entries of a sequence in their order, as Add does one by one,
// tells what each was taken for, and gives how many there were. An error of the
// sequence comes back as it is.
func (i *Import) AddAll(entries iter.Seq2[Entry, error], tell func(Entry, Seen)) (int, error) {
	taken := 0
	some := make([]Entry, 0, many)
	for e, err := range entries {
		if err != nil {
			return taken, err
		}
		taken++
		if some = append(some, e); len(some) < many {
			continue
		}
		if err := i.addSome(some, tell); err != nil {
			return taken, err
		}
		some = some[:0]
	}
	return taken, i.addSome(some, tell)
}

// addSome takes in a few entries: together where all of them are bills, and new, as
// most are; one by one otherwise, since then there is something to be said of one.
func (i *Import) addSome(entries []Entry, tell func(Entry, Seen)) error {
	if len(entries) == 0 {
		return nil
	}
	first := i.next
	written, pending, err := i.writeTogether(entries)
	if err != nil {
		return fmt.Errorf("lines %d to %d of %s: %w", entries[0].Line, entries[len(entries)-1].Line, i.batch.Path, err)
	}
	for n, e := range entries {
		var seen Seen
		switch {
		case pending:
			seen.State = batch.Pending
		case written:
			seen, err = i.settle(first+int64(n), e, batch.Row{})
		default:
			seen, err = i.Add(e)
		}
		if err != nil {
			return fmt.Errorf("line %d of %s: %w", e.Line, i.batch.Path, err)
		}
		tell(e, seen)
	}
	return nil
}

// writeTogether writes the rows of many bills, and then makes all of them pending.
// Each is done for all or for none: where the database refuses one, it is for the
// caller to find out which, and why.
func (i *Import) writeTogether(entries []Entry) (written, pending bool, err error) {
	if err := i.ctx.Err(); err != nil || len(entries) < many || i.options.Prior != nil {
		return false, false, err
	}
	t := &i.together
	t.values = t.values[:0]
	for n, e := range entries {
		if len(e.Problems) > 0 || i.conflicting[e.Bill.Identity()] != 0 {
			return false, false, nil
		}
		t.values = append(t.values, i.rowValues(i.next+int64(n), e)...)
	}
	if err := t.rows.run(t.values...); err != nil {
		return false, false, unlessRefused(err)
	}
	t.values = t.values[:0]
	for n, e := range entries {
		if e.first == nil {
			e = i.Derive(e)
			entries[n] = e
		}
		t.values = append(t.values, i.billValues(i.next+int64(n), e)...)
		i.count(e)
	}
	i.next += int64(len(entries))
	err = t.bills.run(t.values...)
	return true, err == nil, unlessRefused(err)
}

// unlessRefused gives no error for a refusal, which has written nothing.
func unlessRefused(err error) error {
	if refused(err) {
		return nil
	}
	return err
}
