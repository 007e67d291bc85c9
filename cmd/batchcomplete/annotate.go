package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/sheet"
)

// annotate writes, where --out asks for it, a copy of a file with what is wrong
// in it. A failure is said and leaves the other files alone.
func (j *job) annotate(in imported, inputs []input) {
	if j.set.String("out") == "" {
		return
	}
	path := j.annotatedPath(in, inputs)
	marked, err := false, os.MkdirAll(filepath.Dir(path), 0o750)
	if err == nil {
		remarks, list := j.remarks(in)
		marked, err = sheet.Annotate(in.path, j.set.String("encoding"), path, remarks, list)
	}
	switch {
	case err != nil:
		text := j.lang.T("batchcomplete.check.failed", in.path, err)
		if errors.Is(err, sheet.ErrNotOurs) {
			text = j.lang.T("batchcomplete.out.foreign", path)
		}
		j.note(text)
		j.codes = append(j.codes, cli.Failed)
		return
	case !marked:
		j.note(j.lang.T("batchcomplete.check.large", in.path))
	}
	j.written = append(j.written, path)
}

// checkName is how the names of marked copies end: one that is handed in does not
// grow.
var checkName = regexp.MustCompile(`\.check(-\d+)?$`)

// annotatedPath gives where a file's copy goes: in a folder, under a name that is
// neither another file's copy, nor one that somebody works on.
func (j *job) annotatedPath(in imported, inputs []input) string {
	out := j.set.String("out")
	if j.outIsFile() {
		return out
	}
	stem := strings.TrimSuffix(filepath.Base(in.path), filepath.Ext(in.path))
	stem = checkName.ReplaceAllString(stem, "")
	for n := 1; ; n++ {
		path := filepath.Join(out, numbered(stem+".check", n)+".xlsx")
		if !j.taken(path, inputs) {
			return path
		}
	}
}

// numbered gives a name its number, from the second on.
func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	return fmt.Sprintf("%s-%d", name, n)
}

func (j *job) taken(path string, inputs []input) bool {
	for _, written := range j.written {
		if written == path {
			return true
		}
	}
	there, err := os.Stat(path)
	for _, in := range inputs {
		if info, statErr := os.Stat(in.path); err == nil && statErr == nil && os.SameFile(there, info) {
			return true
		}
	}
	return errors.Is(sheet.Annotatable(path), sheet.ErrNotOurs)
}

// listHead are the headings of the list of problems.
var listHead = []string{"batchcomplete.check.tab", "batchcomplete.check.cell", "batchcomplete.check.heading", "batchcomplete.check.value", "batchcomplete.check.problem", "batchcomplete.check.mend"}

// remarks gives a file's problems as comments and as a list.
func (j *job) remarks(in imported) ([]sheet.Remark, sheet.List) {
	list := sheet.List{Name: j.lang.T("batchcomplete.check.sheet"), Widths: []int{14, 10, 20, 26, 52, 52}}
	for _, head := range listHead {
		list.Head = append(list.Head, j.lang.T(head))
	}
	var remarks []sheet.Remark
	for _, p := range in.problems {
		what, mend := j.lang.Tell(p.Key, p.Args), j.lang.T(p.Key+".mend")
		list.Rows = append(list.Rows, []string{p.Sheet, p.Cell, p.Heading, p.Value, what, mend})
		if p.Cell != "" {
			remarks = append(remarks, sheet.Remark{Sheet: p.Sheet, Cell: p.Cell, Text: what + "\n" + mend})
		}
	}
	if in.beyond > 0 {
		list.Rows = append(list.Rows, []string{"", "", "", "", j.lang.T("batchcomplete.check.beyond", in.beyond), ""})
	}
	if len(in.problems) == 0 {
		list.Rows = [][]string{{"", "", "", "", j.lang.T("batchcomplete.check.none"), ""}}
	}
	return remarks, list
}
