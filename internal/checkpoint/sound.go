package checkpoint

import (
	"context"
	"errors"
	"fmt"

	"batchcomplete/internal/batch"
)

// ErrAltered says that a row is no longer what its chain of hashes was made over:
// somebody changed it past the database's rules, or the disk did.
var ErrAltered = errors.New("a row was changed past the checkpoint's rules")

// openChains gives each open row's chain, and what its first hash is over. As
// openBatches does, it says which index it is to be; what that holds is held
// against the table.
const openChains = `SELECT p.row_id, i.state, p.chain, p.state, p.order_id, p.generation, p.attempts,
  r.mid, r.tid, r.inst_mid, r.bill_no, r.bill_date, r.auth_code, r.given_order_id, r.msg_id, r.src_reserve, r.authed_desc, r.amount_fen
  FROM (SELECT p.row_id, p.state FROM progress p INDEXED BY progress_open WHERE ` + openOnly + `) i CROSS JOIN progress p ON p.row_id = i.row_id CROSS JOIN row r ON r.id = i.row_id`

// Sound recomputes the chain of every row that may be sent or asked about, before
// anything is: ErrAltered, with the first of those that do not hold. A row to
// which nothing has happened yet costs one hash.
func (db *DB) Sound(ctx context.Context) error {
	touched, err := db.touched(ctx)
	if err != nil {
		return err
	}
	for _, id := range touched {
		row, err := db.Row(ctx, id)
		if err == nil {
			err = db.SoundRow(ctx, row)
		}
		if err != nil {
			return explain(err)
		}
	}
	return nil
}

// SoundRow is Sound for one row, whatever its state: for one that is to be sent
// once more.
func (db *DB) SoundRow(ctx context.Context, row batch.Row) error {
	_, what, err := db.check(ctx, row)
	if err == nil && what != "" {
		err = fmt.Errorf("%w: line %d of %s, bill %s: %s", ErrAltered, row.Line, row.Batch, row.BillNo, what)
	}
	return explain(err)
}

// touched gives the open rows that are not as they were imported.
func (db *DB) touched(ctx context.Context) ([]int64, error) {
	var all []int64
	err := db.each(ctx, openChains, nil, func(scan func(...any) error) error {
		var id int64
		var chain []byte
		var indexed batch.State
		var is standing
		var b batch.Bill
		err := scan(&id, (*string)(&indexed), &chain, (*string)(&is.state), &is.orderID, &is.generation, &is.attempts,
			&b.MID, &b.TID, &b.InstMID, &b.BillNo, &b.BillDate, &b.AuthIDRespCd, &b.AuthedOrderID, &b.MsgID, &b.SrcReserve, &b.AuthedDesc, (*int64)(&b.Amount))
		switch {
		case err != nil:
			return err
		case indexed != is.state:
			return fmt.Errorf("%w: its index of open rows is not what its table says", ErrDamaged)
		case is != (standing{state: batch.Pending, orderID: is.orderID}) || string(firstLink(b, is.orderID)) != string(chain):
			all = append(all, id)
		}
		return nil
	})
	return all, explain(err)
}
