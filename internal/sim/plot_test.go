package sim

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/money"
	"batchcomplete/internal/ums"
)

// live goes through a seed's nights, and then lets the program recover.
func (w *world) live() {
	for night := range w.plan.nights {
		w.say("--- night %d", night+1)
		w.makeFile(night)
		w.mayRestore()
		w.skew = 0
		if w.chance(30) {
			w.skew = w.between(-2*time.Minute, 2*time.Minute)
			w.say("the machine's clock is wrong by %v", w.skew)
		}
		w.night()
		if w.chance(60) {
			w.operators()
		}
		if w.plan.token && w.chance(50) {
			w.gateway.RevokeTokens()
		}
		w.mayBackUp()
		// At least two seconds: the rate is kept by each run for itself.
		time.Sleep(w.between(2*time.Second, time.Duration(w.below(3)*w.below(300)+3)*time.Minute))
	}
	w.recover()
}

// makeFile makes the night's file: new bills, bills of earlier files again, and
// some of these with another amount.
func (w *world) makeFile(night int) {
	f := file{name: fmt.Sprintf("bills%d", night+1), accept: w.chance(30)}
	for i := range 1 + w.below(w.plan.bills) {
		f.bills = append(f.bills, batch.Bill{
			MID: fmt.Sprintf("8984403554%d", w.below(w.plan.merchants)), TID: "APR40001", InstMID: "QRPAYDEFAULT",
			BillNo: fmt.Sprintf("124F%d%04d", night, i), BillDate: batch.DayOf(time.Now()), AuthIDRespCd: "000665", Amount: money.Fen(100 + w.below(900)),
		})
	}
	for _, earlier := range w.files {
		for _, bill := range earlier.bills {
			switch w.below(6) {
			case 0:
				f.bills = append(f.bills, bill)
			case 1:
				bill.Amount += money.Fen(w.below(3))
				f.bills = append(f.bills, bill)
			}
		}
	}
	w.files = append(w.files, f)
}

// night is one run of the nightly command, which may die at any step, be
// interrupted, or have its time be up.
func (w *world) night() {
	db := w.open()
	p := w.start(db, w.death())
	err := w.importAll(p)
	if err == nil {
		w.work(p, w.runner(p, true, nil), w.chance(25))
	}
	w.end(p)
}

// death draws the step at which a process dies.
func (w *world) death() func(string) bool {
	if !w.chance(w.plan.deaths) {
		return func(string) bool { return false }
	}
	left := 1 + w.below(8)
	if w.chance(60) {
		left = 1 + w.below(15*w.plan.bills)
	}
	return func(string) bool {
		left--
		return left == 0
	}
}

// importAll takes in the files that the checkpoint does not have yet.
func (w *world) importAll(p *process) error {
	ctx := context.Background()
	for _, f := range w.files {
		_, known, err := p.db.BatchByHash(ctx, f.name)
		w.check(err)
		if known {
			continue
		}
		if !p.alive("import") {
			return errDead
		}
		imp, err := p.db.Import(ctx, checkpoint.File{Path: f.name + ".csv", SHA256: f.name, At: w.now()}, checkpoint.ImportOptions{
			AcceptChanges: f.accept && !w.witness.forgot, // what only looks never sent is not replaced
		})
		w.check(err)
		for i, bill := range f.bills {
			_, err := imp.Add(checkpoint.Entry{Line: i + 2, Bill: bill})
			w.check(err)
		}
		if !p.alive("import commit") {
			w.check(imp.Rollback())
			return errDead
		}
		_, err = imp.Commit()
		w.check(err)
		w.say("imported %s: %d rows", f.name, len(f.bills))
		if !p.alive("imported") {
			return errDead
		}
	}
	return nil
}

// runner is the Runner as the program's commands set it up.
func (w *world) runner(p *process, send bool, among []int64) *batch.Runner {
	return &batch.Runner{
		Journal: journal{p.db, p}, Now: func() time.Time {
			// The dispatcher looks at the clock before it hands out a task. That this
			// takes a moment, always the same since workers look at it too, keeps apart what
			// the workers do first.
			time.Sleep(7 * time.Microsecond)
			return w.now()
		},
		Env: env, Send: send, Among: among,
		Workers: w.plan.workers, SettleWindow: settleWindow, ResolveFor: 15 * time.Minute,
		StopAfterFailures: w.plan.stopAfter, MaxUnknown: w.plan.maxUnknown,
	}
}

// work has the Runner work; hurried runs are interrupted, or have a deadline.
func (w *world) work(p *process, r *batch.Runner, hurried bool) {
	client := w.client(p)
	defer client.Close()
	r.Gateway = client
	r.Pace = func(ctx context.Context) error {
		err := client.Pace(ctx)
		time.Sleep(p.lag("pace"))
		return err
	}
	drain, interrupt := context.WithCancel(context.Background())
	hard, kill := context.WithCancel(context.Background())
	defer interrupt()
	defer kill()
	if hurried {
		w.hurry(r, interrupt, kill)
	}
	stop, err := r.Run(drain, hard)
	w.say("the run ends: %q %s", stop, errText(err))
	if err != nil && !p.died() {
		w.check(fmt.Errorf("the journal is in danger: %w", err))
	}
}

func (w *world) hurry(r *batch.Runner, interrupt, kill context.CancelFunc) {
	soon := w.between(time.Millisecond, time.Duration(1+w.below(600))*time.Second)
	if w.chance(50) {
		r.Deadline = w.now().Add(soon)
		return
	}
	time.AfterFunc(soon, interrupt)
	if w.chance(50) {
		time.AfterFunc(soon+w.between(time.Millisecond, 10*time.Second), kill)
	}
}

// end is the end of a process. The dead leave their files as they are, the log
// not written back; the others close them.
func (w *world) end(p *process) {
	left := w.dir
	if p.died() {
		w.newLife(left)
	}
	w.check(p.db.Close())
}

// mayBackUp copies the checkpoint, as an operator would at a quiet hour.
func (w *world) mayBackUp() {
	if w.plan.restores == 0 || !w.chance(50) {
		return
	}
	w.check(w.open().Close()) // writes the log back
	w.backup = filepath.Join(w.home, fmt.Sprint("backup", w.lives))
	if err := os.Mkdir(w.backup, 0o700); err != nil {
		return // of this life there is one already
	}
	w.check(copyFiles(w.dir, w.backup))
	w.say("the checkpoint is backed up")
}

// mayRestore puts the last backup in place of the checkpoint, or loses it
// altogether. The anchor beside it stays, and has to tell: what the checkpoint
// believes unsent may have been sent.
func (w *world) mayRestore() {
	if w.backup == "" || !w.chance(w.plan.restores) {
		return
	}
	from := w.backup
	if w.chance(25) {
		from = "" // a checkpoint that is not there is made anew
	}
	anchor, err := os.ReadFile(filepath.Join(w.dir, "sim.db.anchor"))
	if errors.Is(err, fs.ErrNotExist) {
		return // nothing was sent yet
	}
	w.check(err)
	w.newLife(from)
	w.check(os.WriteFile(filepath.Join(w.dir, "sim.db.anchor"), anchor, 0o600))
	w.witness.forgot = true
	w.say("the backup is restored: %q", filepath.Base(from))
}

// operators look at what a night came to: they retry what was declined, ask
// about what is in doubt, and decide what contradicts itself, from what UMS's
// portal shows.
func (w *world) operators() {
	time.Sleep(w.between(2*time.Second, time.Hour))
	p := w.start(w.open(), w.death())
	defer w.end(p)
	if w.chance(40) {
		w.decide(p)
	}
	if w.chance(30) {
		w.work(p, w.runner(p, false, nil), false) // batchcomplete resolve
		time.Sleep(w.between(2*time.Second, time.Minute))
	}
	if w.chance(60) {
		w.retry(p)
	}
}

// retry sends declined rows once more, under the next generation's order id.
func (w *world) retry(p *process) {
	ids := []int64{}
	for _, row := range w.rows(p.db, batch.Declined) {
		if w.chance(30) {
			continue
		}
		ids = append(ids, row.ID)
		err := journal{p.db, p}.Move(context.Background(), batch.Move{
			ID: row.ID, Cause: batch.ByRetry, From: batch.Declined, To: batch.Pending, At: w.now(),
			NextOrderID: batch.OrderID(env, row.OrderID[:4], row.Identity(), row.Generation+1), Actor: "li",
		})
		if p.died() {
			return
		}
		w.check(err)
	}
	if len(ids) > 0 {
		w.work(p, w.runner(p, true, ids), false)
	}
}

// decide settles rows by what the gateway's books show, where the evidence
// allows it: not while a request may still be under way.
func (w *world) decide(p *process) {
	for _, row := range append(w.rows(p.db, batch.Held), w.rows(p.db, batch.Unknown)...) {
		if !w.chance(50) || w.now().Sub(row.SentAt) < settleWindow {
			continue
		}
		move := batch.Move{ID: row.ID, Cause: batch.ByPerson, From: row.State, To: batch.Pending, At: w.now(), Actor: "li", Reason: "portal"}
		switch paid := w.paid(row); {
		case paid != nil && paid.OrderID == row.OrderID:
			move.To = batch.Completed
			move.Answer.Payment = ums.Payment{MerOrderID: row.OrderID, TotalAmount: row.Amount}
		case paid != nil:
			continue
		case w.chance(50):
			move.To = batch.Declined
		}
		if err := (journal{p.db, p}).Move(context.Background(), move); !p.died() {
			w.check(err)
		}
	}
}

// recover has a healthy gateway and a program that nobody kills; each row must
// come to its end in bounded time.
func (w *world) recover() {
	w.say("--- the gateway is healthy")
	w.healthy.Store(true)
	w.skew = 0
	for range 12 {
		db := w.open()
		p := w.start(db, func(string) bool { return false })
		w.check(w.importAll(p))
		r := w.runner(p, true, nil)
		r.StopAfterFailures, r.MaxUnknown = 0, 0
		w.work(p, r, false)
		open := len(w.rows(db, batch.Pending)) + len(w.rows(db, batch.Sending)) + len(w.rows(db, batch.Unknown))
		w.end(p)
		if open == 0 {
			return
		}
		time.Sleep(time.Minute)
	}
	w.witness.accuse("rows are still open after 12 runs against a healthy gateway")
}

func (w *world) rows(db *checkpoint.DB, states ...batch.State) []batch.Row {
	var all []batch.Row
	w.check(db.Each(context.Background(), checkpoint.Filter{States: states}, func(row batch.Row) error {
		all = append(all, row)
		return nil
	}))
	return all
}
