package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

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
	path      string
	batch     checkpoint.Batch
	report    intake.Report
	fresh     jsonSum // new rows, to be sent
	duplicate int
	invalid   int
	changed   []string // what the checkpoint decided about rows, for people
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
		j.printImported(in)
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
		return imported{path: path, batch: known}, err
	}
	return takeIn(ctx, j.app, j.db, nil, path, sum, options)
}

// takeIn reads a file into a checkpoint: run's own, or for check a scratch one
// beside the real one (prior). This is the one path that both take.
func takeIn(ctx context.Context, a *app, db, prior *checkpoint.DB, path, sum string, options intake.Options) (imported, error) {
	in := imported{path: path}
	imp, err := db.Import(ctx, checkpoint.File{Path: path, SHA256: sum, Settings: importSettings(options)}, checkpoint.ImportOptions{
		Source: a.set.String("source-code"), AcceptChanges: a.set.Bool("accept-changes"), Prior: prior,
	})
	if err != nil {
		return in, fmt.Errorf("beginning the import of %s: %w", path, err)
	}
	defer imp.Rollback()
	in.report, err = intake.Read(ctx, path, options, func(e intake.Entry) error {
		problem := ""
		if len(e.Problems) > 0 {
			problem = sheet.EncodeProblems(e.Problems)
		}
		seen, err := imp.Add(ctx, checkpoint.Entry{Line: e.Line, Bill: e.Bill, Problem: problem})
		if err != nil {
			return fmt.Errorf("line %d of %s: %w", e.Line, path, err)
		}
		in.count(seen, e.Bill.Amount)
		return nil
	})
	if err != nil {
		return in, err
	}
	in.batch, err = imp.Commit()
	return in, err
}

func (in *imported) count(seen checkpoint.Seen, amount money.Fen) {
	switch seen.State {
	case batch.Invalid:
		in.invalid++
	case batch.Duplicate:
		in.duplicate++
	default:
		in.fresh.Rows++
		in.fresh.Fen += amount
	}
}

// importSettings are the settings that a batch was read with, kept with it.
func importSettings(o intake.Options) map[string]string {
	return map[string]string{"mid": o.MID, "tid": o.TID, "amount-unit": o.AmountUnit, "sheet": o.Sheet, "encoding": o.Encoding}
}
