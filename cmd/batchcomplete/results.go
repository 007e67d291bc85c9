package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/intake"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/sheet"
)

// writeResults hands every file of the run back: the accountant's own rows and
// columns, with the results beside them.
func (j *job) writeResults(ctx context.Context) error {
	batches, err := j.scopeBatches(ctx)
	if err != nil {
		return err
	}
	var options intake.Options // the rest was kept with each batch
	if _, err := j.set.Section("columns", &options.Columns); err != nil {
		return err
	}
	var failed []error
	all, err := j.db.Batches(ctx)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if sum, err := intake.Hash(b.Path); err != nil || sum != b.SHA256 {
			fmt.Fprintln(j.Stderr, j.lang.T("batchcomplete.results.changed", b.Path))
			continue
		}
		places, err := j.places(ctx, b, all)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		switch {
		case len(places) == 0 && b.ID == j.named && j.outIsFile():
			failed = append(failed, cli.Fail(cli.Failed, errors.New(j.lang.T("batchcomplete.out.foreign", j.set.String("out"))), j.lang.T("batchcomplete.out.foreign.hint")))
		case len(places) == 0:
			j.note(j.lang.T("batchcomplete.results.handed", b.Path))
		}
		failed = append(failed, j.writePlaces(ctx, b, settingsOf(b, options), places))
	}
	return errors.Join(failed...)
}

// writePlaces writes a batch's results, the workbook and the CSV file at once: at
// a run's end nothing else needs the cores. Where one fails, the other is written.
func (j *job) writePlaces(ctx context.Context, b checkpoint.Batch, options intake.Options, places []place) error {
	for _, at := range places {
		if at.kept != "" {
			j.note(j.lang.T("batchcomplete.results.kept", at.kept, at.path))
		}
	}
	failed := make([]error, len(places))
	var writing sync.WaitGroup
	for i, at := range places {
		writing.Go(func() { failed[i] = j.writeResult(ctx, b, options, at.path, j.handBack(ctx, at.path)) })
	}
	writing.Wait()
	for i, at := range places {
		if failed[i] == nil {
			j.written = append(j.written, at.path)
			continue
		}
		failed[i] = cli.Fail(cli.Failed, errors.New(j.lang.T("batchcomplete.results.failed", at.path, failed[i])), j.lang.T("batchcomplete.results.hint"))
	}
	return errors.Join(failed...)
}

// outIsFile tells whether --out names a file rather than a directory.
func (a *app) outIsFile() bool {
	if !a.set.Has("out") {
		return false
	}
	out := a.set.String("out")
	if info, err := os.Stat(out); err == nil {
		return !info.IsDir()
	}
	switch strings.ToLower(filepath.Ext(out)) {
	case ".xlsx", ".csv":
		return true
	}
	return false
}

// checkOut refuses, before anything is sent, an --out that names a file which is
// not ours to replace: an input's, or anybody's that this program did not write.
func (a *app) checkOut(inputs []input, writable func(path string) error) error {
	if !a.outIsFile() {
		return nil
	}
	out := a.set.String("out")
	err := writable(out)
	if there, statErr := os.Stat(out); statErr == nil {
		for _, in := range inputs {
			if info, statErr := os.Stat(in.path); statErr == nil && os.SameFile(there, info) {
				err = sheet.ErrNotOurs
			}
		}
	}
	if err != nil {
		return cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.out.foreign", out)), a.lang.T("batchcomplete.out.foreign.hint"))
	}
	return nil
}

// mayWrite tells whether --out may name a file: results may replace or make it, or
// it has been our results, as which the checkpoint knows it. Somebody has saved it
// since then, by a program that left nothing of ours in it, and it is kept.
func (a *app) mayWrite(ctx context.Context) func(path string) error {
	return func(path string) error {
		err := resultsWritable(path)
		if !errors.Is(err, sheet.ErrNotOurs) {
			return err
		}
		env, envErr := a.environment()
		if envErr != nil {
			return err
		}
		db, dbErr := a.priorCheckpoint(ctx, env)
		if dbErr != nil || db == nil {
			return err
		}
		defer db.Close()
		if ours, dbErr := db.HandedBack(ctx, absolute(path)); dbErr != nil || len(ours) == 0 {
			return err
		}
		return nil
	}
}

// resultsWritable tells whether results may replace or make a file.
func resultsWritable(path string) error { return sheet.Writable(path, csvMarks()) }

// csvMarks are the headings by which results in CSV are known, in each language.
func csvMarks() []string {
	var marks []string
	for _, l := range []lang.Lang{lang.Zh, lang.En} {
		marks = append(marks, strings.Join(intake.ResultHeadings(l), ","))
	}
	return marks
}

// resultPaths gives where a batch's results go: beside the input, or in --out;
// a CSV file comes back as CSV too. An --out that is a file is for the batch that
// the command names, and for none that is carried on beside it. all are the
// checkpoint's batches.
func (j *job) resultPaths(b checkpoint.Batch, all []checkpoint.Batch) []string {
	out, dir := j.set.String("out"), filepath.Dir(b.Path)
	switch {
	case j.outIsFile() && b.ID == j.named && handedIn(out, all):
		return nil
	case j.outIsFile() && b.ID == j.named:
		return []string{out}
	case j.outIsFile():
		out = ""
	case out != "":
		dir = out
	}
	base := filepath.Join(dir, resultName(resultStem(b, all, out != "")))
	paths := []string{base + ".xlsx"}
	if sheet.IsCSV(b.Path) {
		paths = append(paths, base+".csv")
	}
	return slices.DeleteFunc(paths, func(path string) bool { return handedIn(path, all) })
}

// resultName gives the name of a file's results. Results that were mended and
// handed in have theirs beside them, under the next number: x.results,
// x.results-2, x.results-3.
func resultName(stem string) string {
	base, n, ok := resultNumber(stem)
	if !ok {
		return stem + ".results"
	}
	return numbered(base+".results", n+1)
}

// resultNumber takes a name of results apart: x.results is the first of x.
func resultNumber(stem string) (base string, n int, ok bool) {
	found := resultsName.FindStringSubmatch(stem)
	if found == nil {
		return "", 0, false
	}
	n, err := strconv.Atoi(found[2])
	if err != nil {
		n = 1
	}
	return found[1], n, true
}

var resultsName = regexp.MustCompile(`^(.+)\.results(?:-(\d{1,6}))?$`)

// handedIn tells whether a file is one of the inputs, which are never written to.
func handedIn(path string, all []checkpoint.Batch) bool {
	path = absolute(path)
	return slices.ContainsFunc(all, func(b checkpoint.Batch) bool { return b.Path == path })
}

// resultStem gives what a batch's results are named after: its file, or where
// another file that was there first is named so in the same folder (bills.csv and
// bills.xlsx), the batch. A file that was mended and handed in again keeps its
// name.
func resultStem(b checkpoint.Batch, all []checkpoint.Batch, oneFolder bool) string {
	stem := func(path string) string { return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) }
	for _, other := range all {
		sameFolder := oneFolder || filepath.Dir(other.Path) == filepath.Dir(b.Path)
		if sameFolder && stem(other.Path) == stem(b.Path) {
			if other.Path != b.Path {
				return b.Name
			}
			break
		}
	}
	return stem(b.Path)
}

func (j *job) writeResult(ctx context.Context, b checkpoint.Batch, options intake.Options, path string, to save) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	file, err := sheet.Open(b.Path, options.Encoding)
	if err != nil {
		return err
	}
	defer file.Close()
	header, err := intake.Locate(file, options)
	if err != nil {
		return err
	}
	m := merge{app: j.app, env: j.env, db: j.db, batch: b, file: file, header: header}
	if sheet.IsCSV(path) {
		return to(func(w io.Writer) error { return m.csv(ctx, w) })
	}
	return m.xlsx(ctx, to)
}
