package checkpoint

import (
	"fmt"
	"strconv"

	"batchcomplete/internal/batch"
)

// unclaimed is how many rows are taken in, at most, before their bills' order ids
// are written. From bill to bill order ids come in no order, and each is looked for
// and written somewhere among all others: for many at once, in their own order,
// that takes a small part of the time. Four times as many are hardly faster, and are
// sorted in 20 MiB more.
const unclaimed = 1 << 15

const (
	insertClaims = `INSERT OR IGNORE INTO claim SELECT order_id, row_id FROM progress WHERE row_id > ? ORDER BY order_id, row_id`
	countBills   = `SELECT count(*) FROM progress WHERE row_id > ?`
	findClashes  = `SELECT p.row_id FROM progress p WHERE p.row_id > ? AND NOT EXISTS (SELECT 1 FROM claim WHERE order_id = p.order_id AND row_id = p.row_id) ORDER BY p.row_id`
	byID         = wide + fromRows + ` WHERE r.id = ?`
	byOrderID    = wide + fromRows + ` WHERE r.id = (SELECT row_id FROM claim WHERE order_id = ?)`
)

// claim gives the bills of the rows that came since it was called last their order
// ids. One whose order id is another bill's, the earlier line's in the same file,
// becomes invalid, and tell, unless it is nil, is told so.
func (i *Import) claim(tell func(Entry, Seen)) error {
	since := i.claimed
	i.claimed = i.next - 1
	claimed, err := i.insertClaims.exec(since)
	if err != nil {
		return err
	}
	var bills int64
	if err := i.conn.QueryRowContext(i.ctx, countBills, since).Scan(&bills); err != nil || bills == claimed {
		return err
	}
	clashes, err := i.clashes(since)
	if err != nil {
		return err
	}
	for _, id := range clashes {
		e, seen, err := i.clash(id)
		if err != nil {
			return err
		}
		if tell != nil {
			tell(e, seen)
		}
	}
	return nil
}

// clashes gives the rows after one whose order ids are others'.
func (i *Import) clashes(since int64) (ids []int64, err error) {
	rows, err := i.conn.QueryContext(i.ctx, findClashes, since)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// clash makes a row invalid whose order id is another's, and gives what its file
// said and what it is taken for now.
func (i *Import) clash(id int64) (Entry, Seen, error) {
	row, err := first(collect(i.conn.QueryContext(i.ctx, byID, id)))
	if err == nil && row == nil {
		err = fmt.Errorf("%w: row %d has progress, and cannot be found", ErrDamaged, id)
	}
	if err != nil {
		return Entry{}, Seen{}, err
	}
	owner, err := first(collect(i.conn.QueryContext(i.ctx, byOrderID, row.OrderID)))
	if err == nil && owner == nil {
		err = fmt.Errorf("%w: order id %s is there already, and cannot be found", ErrDamaged, row.OrderID)
	}
	if err != nil {
		return Entry{}, Seen{}, err
	}
	e := Entry{Line: row.Line, Bill: row.Bill}
	seen, err := i.taken(e, *row, *owner)
	seen.Withdrawn = row.Amount
	return e, seen, err
}

// taken makes a row invalid that was written as a bill, since its order id is
// another's.
func (i *Import) taken(e Entry, row, owner batch.Row) (Seen, error) {
	e = e.because("checkpoint.order", row.OrderID, owner.Batch, strconv.Itoa(owner.Line))
	err := i.retract(row, "invalid", batch.EncodeProblems(e.Problems), nil)
	return Seen{State: batch.Invalid, Problems: e.Problems}, err
}

// priorOwner gives the row that has an order id in the other checkpoint.
func (i *Import) priorOwner(orderID string) (*batch.Row, error) {
	if i.options.Prior == nil {
		return nil, nil
	}
	return first(collect(i.options.Prior.reads.QueryContext(i.ctx, byOrderID, orderID)))
}
