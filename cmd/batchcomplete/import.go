package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"batchcomplete/internal/ahead"
	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/intake"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

// readOptions gathers how the files are to be read.
func (a *app) readOptions() (intake.Options, error) {
	o := intake.Options{
		MID: a.set.String("mid"), TID: a.set.String("tid"),
		AmountUnit: a.set.String("amount-unit"), Sheet: a.set.String("sheet"),
		Encoding: a.set.String("encoding"), Formulas: a.set.String("formulas"),
		ExpectRows: a.set.Int("expect-rows"), Env: a.set.String("env"), OtherEnvs: environments, Now: a.Now(),
	}
	if text := a.set.String("expect-total"); text != "" {
		total, err := money.ParseYuan(text)
		if err != nil {
			return o, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.amount.bad", "--expect-total", text)), a.lang.T("flag.expect-total"))
		}
		o.ExpectTotal = &total
	}
	if _, err := a.set.Section("columns", &o.Columns); err != nil {
		return o, err
	}
	return o, a.checkColumns(o.Columns)
}

// checkColumns refuses a column map that names no field, or a heading that is
// another field's.
func (a *app) checkColumns(c intake.Columns) error {
	unknown, taken := c.Unknown()
	switch {
	case len(unknown) > 0:
		return cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.columns.field", unknown[0])), a.lang.T("cli.config.key.hint", cli.Nearest(unknown[0], intake.FieldNames())))
	case len(taken) > 0:
		return cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.columns.taken", taken[0])), a.lang.T("batchcomplete.columns.taken.hint"))
	}
	return nil
}

// imported is what one file's intake came to.
type imported struct {
	path     string
	batch    checkpoint.Batch
	known    bool // it was in the checkpoint already
	finished bool // and nothing is to be done about it
	report   intake.Report
	tally    checkpoint.Tally
	problems []batch.Problem // of the rows, in order, and no more than maxProblems of them
	beyond   int             // how many more there are
	seen     sightings
}

// maxProblems is how many of a file's problems are listed: where there are more,
// something is wrong with the file and not with its cells, and a list of millions
// would only fill the memory.
const maxProblems = 100_000

// importAll reads every file into the checkpoint and gives the batches' ids. A
// file that is refused, or cannot be read, is said and leaves the others alone;
// its code is kept.
func (j *job) importAll(ctx context.Context, files []input) ([]int64, error) {
	options, err := j.readOptions()
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, file := range files {
		in, err := j.importFile(ctx, file, options)
		var refusal *sheet.Refusal
		var unread *unreadError
		switch {
		case errors.As(err, &refusal):
			j.printRefusal(file.path, refusal)
			j.codes = append(j.codes, cli.Refused)
			continue
		case errors.As(err, &unread):
			j.note(j.lang.T(unreadKey, unread.path, unread.err))
			j.codes = append(j.codes, cli.Failed)
			continue
		case err != nil:
			return nil, err
		}
		if in.finished {
			continue
		}
		j.printImported(in, shownProblems)
		ids = append(ids, in.batch.ID)
	}
	return ids, nil
}

// unreadKey is the message of a file that could not be read at all.
const unreadKey = "batchcomplete.input.missing"

type unreadError struct {
	path string
	err  error
}

func (e *unreadError) Error() string { return "reading " + e.path + ": " + e.err.Error() }

// importFile reads one file into the checkpoint, as a whole or not at all. A
// file that is in it already, byte for byte, is not read again; one that was
// found in an inbox and is done with is left alone.
func (j *job) importFile(ctx context.Context, file input, options intake.Options) (imported, error) {
	sum, err := intake.Hash(file.path)
	if err != nil {
		return imported{}, &unreadError{file.path, err}
	}
	known, ok, err := j.db.BatchByHash(ctx, sum)
	if err != nil {
		return imported{}, err
	}
	if !ok {
		in, err := takeIn(ctx, j.app, j.db, nil, file.path, sum, options)
		j.named = in.batch.ID
		return in, err
	}
	j.named = known.ID
	if file.found {
		done, err := j.finished(ctx, known)
		if err != nil || done {
			return imported{batch: known, finished: true}, err
		}
	}
	j.note(j.lang.T("batchcomplete.input.known", file.path, known.Name))
	return imported{path: file.path, batch: known, known: true}, nil
}

// takeIn reads a file into a checkpoint: run's own, or for check a scratch one
// beside the real one (prior). This is the one path that both take.
func takeIn(ctx context.Context, a *app, db, prior *checkpoint.DB, path, sum string, options intake.Options) (imported, error) {
	defer cli.CollectLess()()
	in := imported{path: path, seen: newSightings()}
	imp, err := db.Import(ctx, checkpoint.File{Path: absolute(path), SHA256: sum, Settings: a.importSettings(options), At: a.Now()}, checkpoint.ImportOptions{
		Source: a.set.String("source-code"), AcceptChanges: a.set.Bool("accept-changes"), Prior: prior,
	})
	if err != nil {
		return in, fmt.Errorf("beginning the import of %s: %w", path, err)
	}
	defer imp.Rollback()
	if err := in.read(ctx, imp, options); err != nil {
		return in, err
	}
	if in.batch, err = imp.Commit(); err != nil {
		return in, err
	}
	if in.tally, err = db.Tally(ctx, []int64{in.batch.ID}); err != nil {
		return in, err
	}
	in.tally.States[batch.Duplicate] = plusSum(in.tally.States[batch.Duplicate], in.seen.apart)
	invalid := checkpoint.Filter{Batches: []int64{in.batch.ID}, States: []batch.State{batch.Invalid}}
	err = db.Each(ctx, invalid, func(row batch.Row) error {
		for _, p := range row.Problems {
			if len(in.problems) == maxProblems {
				in.beyond++
				continue
			}
			if p.Cell == "" {
				p.Sheet, p.Value = in.report.Header.Sheet, row.BillNo
				p.Cell, p.Heading = in.report.Header.BillCell(row.Line)
			}
			in.problems = append(in.problems, p)
		}
		return nil
	})
	return in, err
}

// read reads the file, and takes in each row while the next are read already, and
// what is made of them alone too.
func (in *imported) read(ctx context.Context, imp *checkpoint.Import, options intake.Options) error {
	entries := ahead.Of(func(emit func(checkpoint.Entry) error) (err error) {
		in.report, err = intake.Read(ctx, in.path, options, func(e intake.Entry) error {
			return emit(imp.Derive(checkpoint.Entry{Line: e.Line, Bill: e.Bill, Problems: e.Problems}))
		})
		return err
	})
	taken, err := imp.AddAll(entries, func(e checkpoint.Entry, seen checkpoint.Seen) {
		in.seen.add(imp.Name(), e.Line, e.Bill, seen)
	})
	if err != nil {
		return err
	}
	if taken != in.report.Rows {
		return fmt.Errorf("%s has %d rows, and %d of them arrived", in.path, in.report.Rows, taken)
	}
	return nil
}

// plusSum adds what the checkpoint does not count.
func plusSum(s checkpoint.Sum, more jsonSum) checkpoint.Sum {
	return checkpoint.Sum{Rows: s.Rows + more.Rows, Fen: s.Fen + more.Fen}
}

// absolute gives a path that holds wherever the next command is run from.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// importSettings are the settings that a batch was read with, and who had it
// read; they are kept with it.
func (a *app) importSettings(o intake.Options) map[string]string {
	return map[string]string{checkpoint.ImportedBy: actor(a), "mid": o.MID, "tid": o.TID, "amount-unit": o.AmountUnit, "sheet": o.Sheet, "encoding": o.Encoding}
}

// settingsOf gives back the options that decide where a batch's table is.
func settingsOf(b checkpoint.Batch, o intake.Options) intake.Options {
	o.MID, o.TID, o.AmountUnit = b.Settings["mid"], b.Settings["tid"], b.Settings["amount-unit"]
	o.Sheet, o.Encoding = b.Settings["sheet"], b.Settings["encoding"]
	return o
}

// shownProblems is how many problems of a file run prints; check prints them all.
const shownProblems = 20

func (a *app) printRefusal(path string, r *sheet.Refusal) {
	fmt.Fprintln(a.Stderr, cli.Printable(a.lang.T("batchcomplete.input.refused", path, a.lang.Tell(r.Key, r.Args)+"。"+a.lang.T(r.Key+".mend"))))
}

// printImported says what a file was taken for, on standard error: standard
// output is for the result.
func (a *app) printImported(in imported, most int) {
	if in.known {
		return
	}
	t := in.tally.States
	fmt.Fprintln(a.Stderr, a.lang.T("batchcomplete.input.imported", in.path, in.batch.Name,
		t[batch.Pending].Rows, t[batch.Pending].Fen.Grouped(), t[batch.Duplicate].Rows, t[batch.Invalid].Rows))
	for i, p := range in.problems {
		if i == most {
			fmt.Fprintln(a.Stderr, a.lang.T("batchcomplete.input.moreproblem", len(in.problems)+in.beyond-most))
			break
		}
		where := p.Cell
		if p.Sheet != "" {
			where = p.Sheet + "!" + p.Cell
		}
		what := a.lang.Tell(p.Key, p.Args)
		if p.Heading != "" {
			where += " " + p.Heading
		}
		fmt.Fprintln(a.Stderr, cli.OneLine(a.lang.T("batchcomplete.input.problem", where, strconv.Quote(p.Value), what, a.lang.T(p.Key+".mend"))))
	}
	if in.beyond > 0 && most >= len(in.problems) {
		fmt.Fprintln(a.Stderr, "  "+a.lang.T("batchcomplete.check.beyond", in.beyond))
	}
	for _, note := range in.report.Notes {
		fmt.Fprintln(a.Stderr, a.lang.T("batchcomplete.input.note", a.lang.Tell(note.Key, note.Args)))
	}
}
