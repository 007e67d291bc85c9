package checkpoint

import (
	"errors"
	"strings"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/batch/journaltest"
	"batchcomplete/internal/ums"
)

// sixBills is a checkpoint in which row 1 is pending, 2 sending, 3 unknown, 4
// completed, 5 declined, 6 held.
func sixBills(t *testing.T) *DB {
	t.Helper()
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(6)...)
	for id := int64(2); id <= 6; id++ {
		row, err := intend(db, id, noon)
		if err != nil {
			t.Fatal(err)
		}
		to := map[int64]batch.State{3: batch.Unknown, 4: batch.Completed, 5: batch.Declined, 6: batch.Held}[id]
		if to == "" {
			continue
		}
		if err := db.Move(ctx, batch.Move{ID: id, Cause: batch.BySend, From: batch.Sending, To: to, At: noon, Answer: ums.Answer{
			Payment: ums.Payment{MerOrderID: row.OrderID, TotalAmount: row.Amount, SettleDate: "2026-11-20"}}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{
		`UPDATE file SET settings = '{"imported-by":"li"}'`,
		`INSERT INTO approval SELECT 1, id, sha256, rows, fen, 'wang', 1, 2 FROM file`,
	} {
		if _, err := db.reads.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// twin makes a bill that is pending under the order id of row 1, and has another.
const twin = another + `
	INSERT INTO progress (row_id, state, order_id, updated_at, chain) SELECT 99, 'pending', order_id, 1, zeroblob(32) FROM progress WHERE row_id = 1;
	INSERT INTO claim VALUES ('AAAA0000', 99);`

// another makes a row of a bill that has no progress yet.
const another = `INSERT INTO row SELECT 99, file_id, 99, entry, mid, tid, inst_mid, 'OTHER1', bill_date, auth_code, given_order_id, amount_fen, msg_id, src_reserve, authed_desc, problem, original_id FROM row WHERE id = 1;`

// noBill makes something pending that is no bill.
const noBill = `INSERT INTO row SELECT 99, file_id, 99, 'invalid', mid, tid, inst_mid, 'OTHER1', bill_date, auth_code, given_order_id, amount_fen, msg_id, src_reserve, authed_desc, problem, original_id FROM row WHERE id = 1;
	INSERT INTO progress (row_id, state, order_id, updated_at, chain) VALUES (99, 'pending', 'AAAA0000', 1, zeroblob(32));
	INSERT INTO claim VALUES ('AAAA0000', 99);`

// refusals are what a bug in Go could try, in plain SQL, and the words by which
// the database refuses each.
var refusals = []struct{ name, sql, because string }{
	{"a completed bill becomes pending", `UPDATE progress SET state = 'pending' WHERE row_id = 4`, "no row moves"},
	{"a completed bill becomes sending", `UPDATE progress SET state = 'sending' WHERE row_id = 4`, "attempt on record"},
	{"an unknown bill becomes sending", `UPDATE progress SET state = 'sending' WHERE row_id = 3`, "attempt on record"},
	{"a declined bill becomes sending", `UPDATE progress SET state = 'sending' WHERE row_id = 5`, "attempt on record"},
	{"sending without an attempt", `UPDATE progress SET state = 'sending', attempts = attempts + 1, sends = sends + 1, sent_at = 1 WHERE row_id = 1`, "attempt on record"},
	{"completed without a result", `UPDATE progress SET state = 'completed' WHERE row_id = 2`, "FOREIGN KEY"},
	{"unknown without a reply", `UPDATE progress SET state = 'unknown' WHERE row_id = 2`, "FOREIGN KEY"},
	{"declined without a reply", `UPDATE progress SET state = 'declined' WHERE row_id = 2`, "FOREIGN KEY"},
	{"held without a reply", `UPDATE progress SET state = 'held' WHERE row_id = 2`, "FOREIGN KEY"},
	{"another order id while unknown", `INSERT INTO claim VALUES ('AAAA0000', 3); UPDATE progress SET order_id = 'AAAA0000' WHERE row_id = 3`, "only with a retry"},
	{"a retry under the same order id", `UPDATE progress SET state = 'pending', generation = 1 WHERE row_id = 5`, "only with a retry"},
	{"a retry that skips a generation", `INSERT INTO claim VALUES ('AAAA0000', 5); UPDATE progress SET state = 'pending', generation = 2, order_id = 'AAAA0000' WHERE row_id = 5`, "only with a retry"},
	{"a retry under another bill's order id", `UPDATE progress SET state = 'pending', generation = 1, order_id = (SELECT order_id FROM progress WHERE row_id = 1) WHERE row_id = 5`, "only with a retry"},
	{"an order id is another bill's too", `INSERT INTO claim SELECT order_id, 5 FROM progress WHERE row_id = 1`, "UNIQUE"},
	{"an order id becomes another bill's", `UPDATE claim SET row_id = 2 WHERE row_id = 1`, "stays its bill's"},
	{"a bill is without its order id", `DELETE FROM claim WHERE row_id = 1`, "stays its bill's"},
	{"a bill is sent under another's order id", twin + `
		INSERT INTO attempt SELECT 99, 1, 0, order_id, 1 FROM progress WHERE row_id = 99`, "only a bill is sent"},
	{"a bill is asked about under another's order id", twin + `
		UPDATE progress SET state = 'unknown' WHERE row_id = 99`, "only a bill is asked about"},
	{"what is no bill is sent", noBill + `
		INSERT INTO attempt VALUES (99, 1, 0, 'AAAA0000', 1)`, "only a bill is sent"},
	{"what is no bill is asked about", noBill + `
		UPDATE progress SET state = 'unknown' WHERE row_id = 99`, "only a bill is asked about"},
	{"a bill is without progress", `DELETE FROM progress WHERE row_id = 1`, "never forgotten"},
	{"attempts are counted down", `UPDATE progress SET attempts = 0 WHERE row_id = 3`, "attempts count"},
	{"an attempt of an unknown bill", `INSERT INTO attempt VALUES (3, 2, 0, (SELECT order_id FROM progress WHERE row_id = 3), 1)`, "only a pending row"},
	{"an attempt of a completed bill", `INSERT INTO attempt VALUES (4, 2, 0, (SELECT order_id FROM progress WHERE row_id = 4), 1)`, "never sent again"},
	{"an attempt is changed", `UPDATE attempt SET at = 0`, "only appended"},
	{"an attempt is deleted", `DELETE FROM attempt`, "only appended"},
	{"an answer is changed", `UPDATE answer SET code = ''`, "only appended"},
	{"an answer is deleted", `DELETE FROM answer`, "only appended"},
	{"a result is deleted", `DELETE FROM result`, "only appended"},
	{"a result's amount is changed", `UPDATE result SET completed_fen = 1`, "only appended"},
	{"a settle date is changed", `UPDATE result SET settle_date = '2026-11-21'`, "only appended"},
	{"a second result", `INSERT INTO result SELECT 3, (SELECT order_id FROM progress WHERE row_id = 3), cause, 'unknown', at, code, message, http_status, actor, reason, settle_date, pay_seq_id, target_order_id, target_sys, pay_time, pay_detail, card_attr, 1, 0, 0, 0 FROM result;
		INSERT INTO result SELECT * FROM result WHERE row_id = 3`, "UNIQUE"},
	{"a result of a completed bill", `INSERT INTO result SELECT * FROM result`, "of a bill that was sent"},
	{"the amount of a bill that was sent", `UPDATE row SET amount_fen = 1 WHERE id = 3`, "does not change"},
	{"the amount of a bill that was not", `UPDATE row SET amount_fen = 1 WHERE id = 1`, "does not change"},
	{"a bill that was sent is taken back", `UPDATE row SET entry = 'invalid' WHERE id = 3`, "does not change"},
	{"a row is deleted", `DELETE FROM row WHERE id = 1`, "never deleted"},
	{"a batch is deleted", `DELETE FROM file`, "never deleted"},
	{"progress of a bill that was sent is deleted", `DELETE FROM progress WHERE row_id = 5`, "never forgotten"},
	{"a bill that begins completed", another + `INSERT INTO progress (row_id, state, order_id, updated_at, chain) VALUES (99, 'completed', 'AAAA0000', 1, zeroblob(32))`, "FOREIGN KEY"},
	{"a bill that begins sending", another + `INSERT INTO progress (row_id, state, order_id, updated_at, chain) VALUES (99, 'sending', 'AAAA0000', 1, zeroblob(32))`, "FOREIGN KEY"},
	{"a bill that begins unknown", another + `INSERT INTO progress (row_id, state, order_id, updated_at, chain) VALUES (99, 'unknown', 'AAAA0000', 1, zeroblob(32))`, "FOREIGN KEY"},
	{"a bill that begins declined", another + `INSERT INTO progress (row_id, state, order_id, updated_at, chain) VALUES (99, 'declined', 'AAAA0000', 1, zeroblob(32))`, "FOREIGN KEY"},
	{"a bill that begins held", another + `INSERT INTO progress (row_id, state, order_id, updated_at, chain) VALUES (99, 'held', 'AAAA0000', 1, zeroblob(32))`, "FOREIGN KEY"},
	{"the same bill twice", `INSERT INTO row SELECT 99, file_id, 99, entry, mid, tid, inst_mid, bill_no, bill_date, auth_code, given_order_id, amount_fen, msg_id, src_reserve, authed_desc, problem, original_id FROM row WHERE id = 1`, "UNIQUE"},
	{"an amount of nothing", `INSERT INTO row SELECT 99, file_id, 99, entry, mid, tid, inst_mid, 'OTHER1', bill_date, auth_code, given_order_id, 0, msg_id, src_reserve, authed_desc, problem, original_id FROM row WHERE id = 1`, "CHECK"},
	{"an amount above the limit", `INSERT INTO row SELECT 99, file_id, 99, entry, mid, tid, inst_mid, 'OTHER1', bill_date, auth_code, given_order_id, 100000001, msg_id, src_reserve, authed_desc, problem, original_id FROM row WHERE id = 1`, "CHECK"},
	{"a state that does not exist", `UPDATE progress SET state = 'done' WHERE row_id = 2`, "no row moves"},
	{"an amount that is no integer", `UPDATE result SET completed_fen = 'much'`, "cannot store TEXT"},
	{"another environment", `UPDATE meta SET value = 'prod' WHERE key = 'env'`, "keeps its environment"},
	{"a line of a file twice", `INSERT INTO row SELECT 99, file_id, line, 'invalid', mid, tid, inst_mid, bill_no, bill_date, auth_code, given_order_id, amount_fen, msg_id, src_reserve, authed_desc, problem, original_id FROM row WHERE id = 1`, "UNIQUE"},
	{"a line that no file has", `INSERT INTO row SELECT 99, file_id, 0, 'invalid', mid, tid, inst_mid, bill_no, bill_date, auth_code, given_order_id, amount_fen, msg_id, src_reserve, authed_desc, problem, original_id FROM row WHERE id = 1`, "CHECK"},
	{"an entry that does not exist", `INSERT INTO row SELECT 99, file_id, 99, 'paid', mid, tid, inst_mid, bill_no, bill_date, auth_code, given_order_id, amount_fen, msg_id, src_reserve, authed_desc, problem, original_id FROM row WHERE id = 1`, "CHECK"},
	{"a duplicate of nothing", `INSERT INTO row SELECT 99, file_id, 99, 'duplicate', mid, tid, inst_mid, bill_no, bill_date, auth_code, given_order_id, amount_fen, msg_id, src_reserve, authed_desc, problem, NULL FROM row WHERE id = 1`, "CHECK"},
	{"the same file twice", `INSERT INTO file SELECT 99, 'other', path, sha256, settings, imported_at, rows, fen FROM file`, "UNIQUE"},
	{"two batches of one name", `INSERT INTO file SELECT 99, name, path, 'other', settings, imported_at, rows, fen FROM file`, "UNIQUE"},
	{"an order id that is too short", `INSERT INTO claim VALUES ('AAAA', 5); UPDATE progress SET state = 'pending', generation = 1, order_id = 'AAAA' WHERE row_id = 5`, "CHECK"},
	{"a chain that is no hash", `UPDATE progress SET chain = x'00' WHERE row_id = 1`, "CHECK"},
	{"an answer by nobody", `INSERT INTO answer VALUES (3, 99, 'chance', 'unknown', 'pending', 1, '', '', 0, '', '', '', NULL)`, "CHECK"},
	{"a completion of nothing", `INSERT INTO result SELECT 3, (SELECT order_id FROM progress WHERE row_id = 3), cause, 'unknown', at, code, message, http_status, actor, reason, settle_date, pay_seq_id, target_order_id, target_sys, pay_time, pay_detail, card_attr, 0, 0, 0, 0 FROM result`, "CHECK"},
	{"a buyer who is paid", `INSERT INTO result SELECT 3, (SELECT order_id FROM progress WHERE row_id = 3), cause, 'unknown', at, code, message, http_status, actor, reason, settle_date, pay_seq_id, target_order_id, target_sys, pay_time, pay_detail, card_attr, 1, -1, 0, 0 FROM result`, "CHECK"},
	{"an invoice below nothing", `INSERT INTO result SELECT 3, (SELECT order_id FROM progress WHERE row_id = 3), cause, 'unknown', at, code, message, http_status, actor, reason, settle_date, pay_seq_id, target_order_id, target_sys, pay_time, pay_detail, card_attr, 1, 0, -1, 0 FROM result`, "CHECK"},
	{"a discount below nothing", `INSERT INTO result SELECT 3, (SELECT order_id FROM progress WHERE row_id = 3), cause, 'unknown', at, code, message, http_status, actor, reason, settle_date, pay_seq_id, target_order_id, target_sys, pay_time, pay_detail, card_attr, 1, 0, 0, -1 FROM result`, "CHECK"},
	{"one payment for two bills", `INSERT INTO result SELECT 3, order_id, cause, 'unknown', at, code, message, http_status, actor, reason, settle_date, pay_seq_id, target_order_id, target_sys, pay_time, pay_detail, card_attr, 1, 0, 0, 0 FROM result`, "under its own order id"},
	{"a payment of a bill that was not sent", `INSERT INTO result SELECT 1, (SELECT order_id FROM progress WHERE row_id = 1), cause, 'pending', at, code, message, http_status, actor, reason, settle_date, pay_seq_id, target_order_id, target_sys, pay_time, pay_detail, card_attr, 1, 0, 0, 0 FROM result`, "of a bill that was sent"},
	{"a payment of a bill that is elsewhere than it says", `INSERT INTO result SELECT 3, (SELECT order_id FROM progress WHERE row_id = 3), cause, 'sending', at, code, message, http_status, actor, reason, settle_date, pay_seq_id, target_order_id, target_sys, pay_time, pay_detail, card_attr, 1, 0, 0, 0 FROM result`, "of a bill that was sent"},
	{"a completion by nobody", `INSERT INTO result SELECT 3, (SELECT order_id FROM progress WHERE row_id = 3), 'chance', 'unknown', at, code, message, http_status, actor, reason, settle_date, pay_seq_id, target_order_id, target_sys, pay_time, pay_detail, card_attr, 1, 0, 0, 0 FROM result`, "CHECK"},
	{"an answer that completes a bill, without its payment", `INSERT INTO answer VALUES (3, 99, 'query', 'unknown', 'completed', 1, '', '', 0, '', '', '', NULL)`, "CHECK"},
	{"a payment of a declined bill", `INSERT INTO result SELECT 5, (SELECT order_id FROM progress WHERE row_id = 5), cause, 'declined', at, code, message, http_status, actor, reason, settle_date, pay_seq_id, target_order_id, target_sys, pay_time, pay_detail, card_attr, 1, 0, 0, 0 FROM result`, "of a bill that was sent"},
	{"another order id for a bill with a payment", `INSERT INTO result SELECT 2, (SELECT order_id FROM progress WHERE row_id = 2), cause, 'sending', at, code, message, http_status, actor, reason, settle_date, pay_seq_id, target_order_id, target_sys, pay_time, pay_detail, card_attr, 1, 0, 0, 0 FROM result;
		INSERT INTO claim VALUES ('AAAA0000', 2); INSERT INTO answer SELECT 2, n, cause, from_state, to_state, at, code, message, http_status, order_id, actor, reason, raw FROM answer WHERE row_id = 5;
		UPDATE progress SET state = 'declined' WHERE row_id = 2; UPDATE progress SET state = 'pending', generation = 1, order_id = 'AAAA0000' WHERE row_id = 2`, "only with a retry"},
	{"progress of no row", `INSERT INTO progress (row_id, state, order_id, updated_at, chain) VALUES (99, 'pending', 'AAAA0000', 1, zeroblob(32))`, "FOREIGN KEY"},
	{"an approval of another file", `INSERT INTO approval SELECT 2, id, 'other', rows, fen, 'wang', 1, 2 FROM file`, "as it was imported"},
	{"an approval of one's own file", `INSERT INTO approval SELECT 2, id, sha256, rows, fen, 'li', 1, 2 FROM file`, "does not approve"},
	{"an approval by nobody", `INSERT INTO approval SELECT 2, id, sha256, rows, fen, '', 1, 2 FROM file`, "CHECK"},
	{"an approval that ends before it begins", `INSERT INTO approval SELECT 2, id, sha256, rows, fen, 'wang', 2, 1 FROM file`, "CHECK"},
	{"an approval is prolonged", `UPDATE approval SET expires_at = 9`, "only appended"},
	{"an approval is deleted", `DELETE FROM approval`, "only appended"},
	{"another checkpoint's id", `UPDATE meta SET value = 'X' WHERE key = 'id'`, "keeps its environment"},
}

func TestTheDatabaseRefuses(t *testing.T) {
	for _, c := range refusals {
		t.Run(c.name, func(t *testing.T) {
			if because := refusal(t, sixBills(t), c.sql); !strings.Contains(because, c.because) {
				t.Errorf("%q", because)
			}
		})
	}
}

// TestABillUnderAnothersOrderIDIsNotPassedOver: that it cannot be sent is an error,
// and not a sign that somebody else is at it.
func TestABillUnderAnothersOrderIDIsNotPassedOver(t *testing.T) {
	db := sixBills(t)
	if _, err := db.reads.ExecContext(ctx, twin); err != nil {
		t.Fatal(err)
	}
	if _, err := intend(db, 99, noon); err == nil || errors.Is(err, batch.ErrMoved) || !strings.Contains(err.Error(), "order id of its own") {
		t.Errorf("%v", err)
	}
	if _, err := intend(db, 1, noon); err != nil {
		t.Errorf("the bill whose order id it is: %v", err)
	}
}

// TestAResultTakesItsDateAndNothingElse, whichever other column is changed along
// with it.
func TestAResultTakesItsDateAndNothingElse(t *testing.T) {
	db := scratch(t)
	take(t, db, "bills", ImportOptions{}, journaltest.Bills(1)...)
	complete(t, db, 1, "")
	const dated = `UPDATE result SET settle_date = '2026-11-21'`
	if because := refusal(t, db, dated); because != "" {
		t.Errorf("a date: %s", because)
	}
	columns := 0
	err := db.each(ctx, `SELECT name, type FROM pragma_table_info('result') WHERE name <> 'settle_date'`, nil, func(row func(...any) error) error {
		var name, kind string
		err := row(&name, &kind)
		other := map[string]string{"TEXT": " || 'X'", "INTEGER": " + 1"}[kind]
		if because := refusal(t, db, dated+", "+name+" = "+name+other); !strings.Contains(because, "only appended") {
			t.Errorf("%s: %q", name, because)
		}
		columns++
		return err
	})
	if err != nil || columns != 20 {
		t.Errorf("%d columns, %v", columns, err)
	}
}

// refusal gives the words in which a statement is refused, "" where it is not.
// Whatever it did is taken back.
func refusal(t *testing.T, db *DB, statement string) string {
	t.Helper()
	tx, err := db.reads.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, statement); err != nil {
		return err.Error()
	}
	return ""
}

// TestEveryTriggerIsNeeded takes each away in turn: something must then be let
// through, or be refused for another reason. So no trigger is without a case, and
// none is there for show.
func TestEveryTriggerIsNeeded(t *testing.T) {
	db := sixBills(t)
	var names, texts []string
	if err := db.each(ctx, `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`, nil, func(row func(...any) error) error {
		var name, text string
		err := row(&name, &text)
		names, texts = append(names, name), append(texts, text)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		if _, err := db.reads.ExecContext(ctx, `DROP TRIGGER `+name); err != nil {
			t.Fatal(err)
		}
		missed := 0
		for _, c := range refusals {
			if !strings.Contains(refusal(t, db, c.sql), c.because) {
				missed++
			}
		}
		if missed == 0 {
			t.Errorf("without the trigger %s everything is refused as before", name)
		}
		if _, err := db.reads.ExecContext(ctx, texts[i]); err != nil {
			t.Fatal(err)
		}
	}
	if len(names) < 20 {
		t.Errorf("only %d triggers", len(names))
	}
}
