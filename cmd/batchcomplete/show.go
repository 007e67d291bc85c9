package main

import (
	"context"
	"fmt"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/recon"
	"batchcomplete/internal/ums"
)

// show tells one bill's story: what the file asked for, every attempt and
// answer, what is known, and what will happen next.
func (a *app) show(ctx context.Context, args []string) (cli.Code, error) {
	env, db, err := a.openForReading(ctx)
	if err != nil {
		return cli.CodeOf(err), err
	}
	defer db.Close()
	row, err := a.oneBill(ctx, db, args[0])
	if err != nil {
		return cli.CodeOf(err), err
	}
	story, err := db.Story(ctx, row.ID)
	if err != nil {
		return cli.Failed, err
	}
	if a.set.Bool("json") {
		return cli.OK, printJSON(a, a.newStory(env, row, story))
	}
	a.tell(row, story)
	return cli.OK, nil
}

// jsonStory is what show --json prints: a contract. The row is as rows has it,
// the events are as export has them.
type jsonStory struct {
	Env    string            `json:"env"`
	Row    map[string]string `json:"row"`
	Events []jsonEvent       `json:"events"`
	Next   string            `json:"next"`
	Exit   cli.Code          `json:"exit"`
}

func (a *app) newStory(env string, row batch.Row, story []checkpoint.Event) jsonStory {
	s := jsonStory{Env: env, Row: rowObject(row), Events: []jsonEvent{}, Next: a.lang.T("batchcomplete.show.next." + string(row.State)), Exit: cli.OK}
	for _, e := range story {
		s.Events = append(s.Events, newEvent(row, e))
	}
	return s
}

func (a *app) tell(row batch.Row, story []checkpoint.Event) {
	say := func(key string, args ...any) {
		fmt.Fprintln(a.Stdout, cli.OneLine(a.lang.T("batchcomplete.show."+key, args...)))
	}
	say("bill", row.BillNo, row.BillDate, row.MID, row.TID)
	say("asks", row.Amount.Grouped(), ums.MaskCode(row.AuthIDRespCd), row.Batch, row.Line)
	say("order", row.OrderID, row.Generation)
	for _, e := range story {
		say("event", stamp(e.At), a.eventText(e))
	}
	if len(story) == 0 {
		say("nothing")
	}
	say("now", a.lang.T("state."+string(row.State)))
	if row.State == batch.Completed {
		p := row.Payment
		say("paid", p.TotalAmount.Grouped(), p.BuyerPayAmount.Grouped(), p.DiscountAmount.Grouped(), orDash(p.SettleDate), orDash(p.PaySeqID))
	}
	say("next." + string(row.State))
}

// eventText puts one event into a sentence.
func (a *app) eventText(e checkpoint.Event) string {
	switch {
	case e.To == batch.Sending:
		return a.lang.T("batchcomplete.show.sent", e.OrderID)
	case e.Cause == batch.ByRescue:
		return a.lang.T("batchcomplete.show.rescued")
	case e.Cause == batch.ByVerify:
		return a.lang.T("batchcomplete.show.suspected")
	case e.Cause == batch.ByQuery && e.From == batch.Completed:
		return a.lang.T("batchcomplete.show.dated", e.Reason)
	case e.Cause == batch.ByPerson:
		return a.lang.T("batchcomplete.show.decided", e.Actor, a.lang.T("state."+string(e.To)), e.Reason)
	case e.Cause == batch.ByRetry:
		return a.lang.T("batchcomplete.show.retried", e.Actor, e.OrderID)
	case e.Cause == batch.ByQuery:
		return a.lang.T("batchcomplete.show.asked", orDash(recon.Code(a.lang, e.Code, e.Message)), a.lang.T("state."+string(e.To)))
	}
	return a.lang.T("batchcomplete.show.answered", orDash(recon.Code(a.lang, e.Code, e.Message)), a.lang.T("state."+string(e.To)))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
