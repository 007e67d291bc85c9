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
// openBatches does, it says which index it is to be.
const openChains = `SELECT p.row_id, p.chain, p.order_id,
  r.mid, r.tid, r.inst_mid, r.bill_no, r.bill_date, r.auth_code, r.given_order_id, r.msg_id, r.src_reserve, r.authed_desc, r.amount_fen
  FROM progress p INDEXED BY progress_open CROSS JOIN row r ON r.id = p.row_id WHERE ` + openOnly

// Sound recomputes the chain of every row that may be sent or asked about, before
// anything is: ErrAltered, with the first of those that do not hold. A row to
// which nothing has happened yet costs one hash.
func (db *DB) Sound(ctx context.Context) error {
	var doubtful []int64
	err := db.each(ctx, openChains, nil, func(scan func(...any) error) error {
		var id int64
		var chain []byte
		var orderID string
		var b batch.Bill
		err := scan(&id, &chain, &orderID, &b.MID, &b.TID, &b.InstMID, &b.BillNo, &b.BillDate, &b.AuthIDRespCd, &b.AuthedOrderID, &b.MsgID, &b.SrcReserve, &b.AuthedDesc, (*int64)(&b.Amount))
		if err == nil && string(link(nil, billEvent(b, orderID))) != string(chain) {
			doubtful = append(doubtful, id) // or something has happened to it
		}
		return err
	})
	if err != nil {
		return explain(err)
	}
	for _, id := range doubtful {
		row, err := db.Row(ctx, id)
		if err != nil {
			return explain(err)
		}
		_, what, err := db.check(ctx, row)
		if err != nil {
			return explain(err)
		}
		if what != "" {
			return fmt.Errorf("%w: line %d of %s, bill %s: %s", ErrAltered, row.Line, row.Batch, row.BillNo, what)
		}
	}
	return nil
}
