package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/intake"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

// inputs checks what FILE... names, before anything is opened.
func (a *app) inputs(files []string) ([]string, error) {
	seen := map[string]bool{}
	for _, path := range files {
		if _, err := os.Stat(path); err != nil {
			return nil, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.input.missing", path, err)), "")
		}
		clean := filepath.Clean(path)
		if seen[clean] {
			return nil, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.input.twice", path)), "")
		}
		seen[clean] = true
	}
	one := a.set.Int("expect-rows") > 0 || a.set.String("expect-total") != "" || a.outIsFile()
	if one && len(files) > 1 {
		return nil, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.input.one")), "")
	}
	return files, nil
}

// readOptions gathers how the files are to be read.
func (a *app) readOptions() (intake.Options, error) {
	o := intake.Options{
		MID: a.set.String("mid"), TID: a.set.String("tid"),
		AmountUnit: a.set.String("amount-unit"), Sheet: a.set.String("sheet"),
		Encoding: a.set.String("encoding"), Formulas: a.set.String("formulas"),
		ExpectRows: a.set.Int("expect-rows"),
	}
	if text := a.set.String("expect-total"); text != "" {
		total, err := money.ParseYuan(text)
		if err != nil {
			return o, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.amount.bad", "--expect-total", text)), a.lang.T("flag.expect-total"))
		}
		o.ExpectTotal = &total
	}
	_, err := a.set.Section("columns", &o.Columns)
	return o, err
}

// imported is what one file's intake came to.
type imported struct {
	path     string
	batch    checkpoint.Batch
	known    bool // it was in the checkpoint already
	report   intake.Report
	tally    checkpoint.Tally
	problems []batch.Problem // of the rows, in order
}

// importAll reads every file into the checkpoint and gives the batches' ids. A
// file that is refused is said and leaves the others alone; its code is kept.
func (j *job) importAll(ctx context.Context, files []string) ([]int64, error) {
	options, err := j.readOptions()
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, path := range files {
		in, err := j.importFile(ctx, path, options)
		var refusal *sheet.Refusal
		if errors.As(err, &refusal) {
			j.printRefusal(path, refusal)
			j.codes = append(j.codes, cli.Refused)
			continue
		}
		if err != nil {
			return nil, err
		}
		j.printImported(in, shownProblems)
		ids = append(ids, in.batch.ID)
	}
	if len(ids) == 0 {
		return nil, cli.Fail(cli.Refused, errors.New(j.lang.T("batchcomplete.input.none")), "")
	}
	return ids, nil
}

// importFile reads one file into the checkpoint, as a whole or not at all. A
// file that is in it already, byte for byte, is not read again.
func (j *job) importFile(ctx context.Context, path string, options intake.Options) (imported, error) {
	sum, err := intake.Hash(path)
	if err != nil {
		return imported{}, cli.Fail(cli.Failed, errors.New(j.lang.T("batchcomplete.input.missing", path, err)), "")
	}
	if known, ok, err := j.db.BatchByHash(ctx, sum); err != nil || ok {
		if ok {
			fmt.Fprintln(j.Stderr, j.lang.T("batchcomplete.input.known", path, known.Name))
		}
		return imported{path: path, batch: known, known: true}, err
	}
	return takeIn(ctx, j.app, j.db, nil, path, sum, options)
}

// takeIn reads a file into a checkpoint: run's own, or for check a scratch one
// beside the real one (prior). This is the one path that both take.
func takeIn(ctx context.Context, a *app, db, prior *checkpoint.DB, path, sum string, options intake.Options) (imported, error) {
	in := imported{path: path}
	imp, err := db.Import(ctx, checkpoint.File{Path: absolute(path), SHA256: sum, Settings: importSettings(options), At: a.Now()}, checkpoint.ImportOptions{
		Source: a.set.String("source-code"), AcceptChanges: a.set.Bool("accept-changes"), Prior: prior,
	})
	if err != nil {
		return in, fmt.Errorf("beginning the import of %s: %w", path, err)
	}
	defer imp.Rollback()
	in.report, err = intake.Read(ctx, path, options, func(e intake.Entry) error {
		if _, err := imp.Add(checkpoint.Entry{Line: e.Line, Bill: e.Bill, Problems: e.Problems}); err != nil {
			return fmt.Errorf("line %d of %s: %w", e.Line, path, err)
		}
		return nil
	})
	if err != nil {
		return in, err
	}
	if in.batch, err = imp.Commit(); err != nil {
		return in, err
	}
	if in.tally, err = db.Tally(ctx, []int64{in.batch.ID}); err != nil {
		return in, err
	}
	invalid := checkpoint.Filter{Batches: []int64{in.batch.ID}, States: []batch.State{batch.Invalid}}
	err = db.Each(ctx, invalid, func(row batch.Row) error {
		for _, p := range row.Problems {
			if p.Cell == "" {
				p.Cell, p.Value = a.lang.T("batchcomplete.line", row.Line), row.BillNo
			}
			in.problems = append(in.problems, p)
		}
		return nil
	})
	return in, err
}

// absolute gives a path that holds wherever the next command is run from.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// importSettings are the settings that a batch was read with, kept with it.
func importSettings(o intake.Options) map[string]string {
	return map[string]string{"mid": o.MID, "tid": o.TID, "amount-unit": o.AmountUnit, "sheet": o.Sheet, "encoding": o.Encoding}
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
			fmt.Fprintln(a.Stderr, a.lang.T("batchcomplete.input.moreproblem", len(in.problems)-most))
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
	for _, note := range in.report.Notes {
		fmt.Fprintln(a.Stderr, a.lang.T("batchcomplete.input.note", a.lang.Tell(note.Key, note.Args)))
	}
}
