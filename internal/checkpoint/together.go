package checkpoint

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"slices"

	"batchcomplete/internal/batch"
)

// many and some are how many bills are written by one statement: most of what a
// statement costs, it costs once. Where one of many is no new bill, the others
// are still written some at a time.
const (
	many = 256
	some = 32
)

const (
	aRow     = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'bill', '', NULL)`
	rows8    = aRow + `, ` + aRow + `, ` + aRow + `, ` + aRow + `, ` + aRow + `, ` + aRow + `, ` + aRow + `, ` + aRow
	someRows = rows8 + `, ` + rows8 + `, ` + rows8 + `, ` + rows8
	manyRows = someRows + `, ` + someRows + `, ` + someRows + `, ` + someRows + `, ` + someRows + `, ` + someRows + `, ` + someRows + `, ` + someRows

	aBill     = `(?, 'pending', ?, ?, ?)`
	bills8    = aBill + `, ` + aBill + `, ` + aBill + `, ` + aBill + `, ` + aBill + `, ` + aBill + `, ` + aBill + `, ` + aBill
	someBills = bills8 + `, ` + bills8 + `, ` + bills8 + `, ` + bills8
	manyBills = someBills + `, ` + someBills + `, ` + someBills + `, ` + someBills + `, ` + someBills + `, ` + someBills + `, ` + someBills + `, ` + someBills
)

// together writes a number of new bills, each by the same columns as one alone.
type together struct {
	size        int
	prepare     func(*sql.Conn) (rows, bills statement, err error)
	rows, bills statement      // prepared when they are needed: most files are short
	rowValues   []driver.Value // of one execution; the room is used again
	billValues  []driver.Value
}

// togethers are the ways to write more bills than one, most at a time first.
func togethers() []*together {
	return []*together{{size: many, prepare: prepareMany}, {size: some, prepare: prepareSome}}
}

func prepareMany(conn *sql.Conn) (rows, bills statement, err error) {
	if rows, err = prepareOn(conn, insertRows+manyRows); err == nil {
		bills, err = prepareOn(conn, insertBills+manyBills)
	}
	return rows, bills, err
}

func prepareSome(conn *sql.Conn) (rows, bills statement, err error) {
	if rows, err = prepareOn(conn, insertRows+someRows); err == nil {
		bills, err = prepareOn(conn, insertBills+someBills)
	}
	return rows, bills, err
}

func (t *together) close() error { return errors.Join(t.rows.close(), t.bills.close()) }

// AddAll takes in the entries of a sequence in their order, as Add does one by one,
// and gives how many there were. It tells what each was taken for, in their order
// too; and once more, later, of a bill whose order id turns out to be another's. An
// error of the sequence comes back as it is.
func (i *Import) AddAll(entries iter.Seq2[Entry, error], tell func(Entry, Seen)) (int, error) {
	taken := 0
	group := make([]Entry, 0, many)
	for e, err := range entries {
		if err != nil {
			return taken, err
		}
		taken++
		if group = append(group, e); len(group) < many {
			continue
		}
		if err := i.addGroup(i.together, group, tell); err != nil {
			return taken, err
		}
		group = group[:0]
		if i.next-i.claimed > i.unclaimed {
			if err := i.claim(tell); err != nil {
				return taken, err
			}
		}
	}
	err := i.addGroup(i.together, group, tell)
	if err == nil {
		err = i.claim(tell)
	}
	return taken, err
}

// addGroup takes in a group of entries: by the first of the ways where all of them
// are bills, and new, as most are; otherwise, since then there is something to be
// said of one, by the next, and at last one by one.
func (i *Import) addGroup(ways []*together, entries []Entry, tell func(Entry, Seen)) error {
	if len(ways) == 0 {
		return i.addEach(entries, tell)
	}
	for part := range slices.Chunk(entries, ways[0].size) {
		written, err := i.writeTogether(ways[0], part)
		if err != nil {
			return fmt.Errorf("lines %d to %d of %s: %w", part[0].Line, part[len(part)-1].Line, i.batch.Path, err)
		}
		if !written {
			if err := i.addGroup(ways[1:], part, tell); err != nil {
				return err
			}
			continue
		}
		for _, e := range part {
			tell(e, Seen{State: batch.Pending})
		}
	}
	return nil
}

func (i *Import) addEach(entries []Entry, tell func(Entry, Seen)) error {
	for _, e := range entries {
		seen, err := i.Add(e)
		if err != nil {
			return fmt.Errorf("line %d of %s: %w", e.Line, i.batch.Path, err)
		}
		tell(e, seen)
	}
	return nil
}

// writeTogether writes as many bills as a way takes, all or none: where the
// database refuses one, it is for the caller to find out which, and why.
func (i *Import) writeTogether(t *together, entries []Entry) (written bool, err error) {
	if err := i.ctx.Err(); err != nil || len(entries) < t.size || i.options.Prior != nil {
		return false, err
	}
	if t.rows.stmt == nil {
		if t.rows, t.bills, err = t.prepare(i.conn); err != nil {
			return false, err
		}
	}
	t.rowValues, t.billValues = t.rowValues[:0], t.billValues[:0]
	for n := range entries {
		e := &entries[n]
		if len(e.Problems) > 0 || i.conflicting[e.Bill.Identity()] != 0 {
			return false, nil
		}
		if e.begins == nil {
			*e = i.Derive(*e)
		}
		var id driver.Value = i.next + int64(n)
		t.rowValues = append(append(t.rowValues, id, i.batch.ID, int64(e.Line)), e.said...)
		t.billValues = append(append(t.billValues, id), e.begins...)
	}
	if err := t.rows.run(t.rowValues...); err != nil {
		if refused(err) { // and nothing was written
			err = nil
		}
		return false, err
	}
	for n := range entries {
		i.count(&entries[n])
	}
	i.next += int64(len(entries))
	return true, t.bills.run(t.billValues...)
}
