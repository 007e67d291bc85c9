package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/ums"
)

// decide settles a held or unknown row by a person's word, and keeps who, when
// and why.
func (a *app) decide(ctx context.Context, args []string) (cli.Code, error) {
	as, reason, err := a.decision()
	if err != nil {
		return cli.Usage, err
	}
	env, err := a.environment()
	if err != nil {
		return cli.Usage, err
	}
	db, err := a.openCheckpoint(ctx, env)
	if err != nil {
		return cli.CodeOf(err), err
	}
	defer db.Close()
	row, err := a.oneBill(ctx, db, args[0])
	if err != nil {
		return cli.CodeOf(err), err
	}
	if row.State != batch.Held && row.State != batch.Unknown {
		return cli.Usage, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.decide.state", row.BillNo, a.lang.T("state."+string(row.State)))),
			a.lang.T("batchcomplete.decide.state.hint", row.BillNo))
	}
	if key := excluded(row, as, a.Now(), a.set.Duration("settle-window")); key != "" {
		return cli.Usage, cli.Fail(cli.Usage, errors.New(a.lang.T(key, row.BillNo)), a.lang.T("batchcomplete.decide.evidence.hint", row.BillNo))
	}
	move := batch.Move{ID: row.ID, Cause: batch.ByPerson, From: row.State, To: as, At: a.Now(), Actor: actor(a), Reason: reason}
	if as == batch.Completed {
		move.Answer.Payment = decidedPayment(row)
	}
	if err := db.Move(ctx, move); err != nil {
		return cli.Failed, fmt.Errorf("recording the decision on bill %s: %w", row.BillNo, err)
	}
	if a.set.Bool("json") {
		return cli.OK, printJSON(a, newDecision(env, row, move))
	}
	fmt.Fprintln(a.Stdout, a.lang.T("batchcomplete.decide.done", row.BillNo, a.lang.T("state."+string(as)), move.Actor))
	return cli.OK, nil
}

// jsonDecision is what decide --json prints: a contract.
type jsonDecision struct {
	Env      string      `json:"env"`
	Batch    string      `json:"batch"`
	Line     int         `json:"line"`
	MID      string      `json:"mid"`
	BillNo   string      `json:"billNo"`
	BillDate string      `json:"billDate"`
	From     batch.State `json:"from"`
	To       batch.State `json:"to"`
	At       string      `json:"at"`
	Actor    string      `json:"actor"`
	Reason   string      `json:"reason"`
	Exit     cli.Code    `json:"exit"`
}

func newDecision(env string, row batch.Row, m batch.Move) jsonDecision {
	return jsonDecision{env, row.Batch, row.Line, row.MID, row.BillNo, row.BillDate, m.From, m.To, moment(m.At), m.Actor, m.Reason, cli.OK}
}

func (a *app) decision() (batch.State, string, error) {
	as := batch.State(a.set.String("as"))
	if !slices.Contains([]batch.State{batch.Completed, batch.Declined, batch.Pending}, as) {
		return "", "", cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.decide.as")), a.lang.T("flag.as"))
	}
	reason := strings.TrimSpace(a.set.String("reason"))
	if reason == "" {
		return "", "", cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.decide.reason")), a.lang.T("flag.reason"))
	}
	return as, reason, nil
}

// excluded tells what the evidence says against deciding so; "" for nothing.
// Where the gateway's books show a payment under our order id, a decision that
// would send again, or call it refused, is not taken; nor is it while a request
// may still be under way.
func excluded(row batch.Row, as batch.State, now time.Time, window time.Duration) string {
	if as == batch.Completed {
		return ""
	}
	if slices.Contains(paidCodes, row.Code) {
		return "batchcomplete.decide.paid"
	}
	if row.Code == ums.CodeOpen {
		return "batchcomplete.decide.open"
	}
	if now.Sub(row.SentAt) < window {
		return "batchcomplete.decide.early"
	}
	return ""
}

// paidCodes are last answers that say that money moved under an order id of ours.
var paidCodes = []string{ums.CodeOtherAmount, ums.CodeRefunded, ums.CodeLaterOrder}

// decidedPayment is what is recorded for a row that a person calls completed:
// the amount that was asked for. What else the gateway says is not known.
func decidedPayment(row batch.Row) ums.Payment {
	return ums.Payment{MerOrderID: row.OrderID, TotalAmount: row.Amount}
}

// oneBill finds the one row that the text names, originals only.
func (a *app) oneBill(ctx context.Context, db *checkpoint.DB, text string) (batch.Row, error) {
	rows, err := db.FindBill(ctx, text)
	if err != nil {
		return batch.Row{}, err
	}
	rows = slices.DeleteFunc(rows, func(r batch.Row) bool { return r.State == batch.Duplicate || r.State == batch.Invalid })
	switch len(rows) {
	case 0:
		return batch.Row{}, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.bill.none", text)), a.lang.T("batchcomplete.bill.hint"))
	case 1:
		return rows[0], nil
	}
	var names []string
	for _, row := range rows {
		names = append(names, row.MID+"/"+row.BillDate+"/"+row.BillNo)
	}
	return batch.Row{}, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.bill.several", text, strings.Join(names, ", "))), a.lang.T("batchcomplete.bill.hint"))
}

// actor is who acts, as the machine knows them.
func actor(a *app) string {
	if name := a.Getenv("SUDO_USER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return a.Getenv("USER")
}

func ascending(ids []int64) []int64 {
	slices.Sort(ids)
	return ids
}
