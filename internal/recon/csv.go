package recon

import (
	"io"
	"os"
	"path/filepath"

	"batchcomplete/internal/lang"
	"batchcomplete/internal/sheet"
)

// WriteCSV writes the sheets as CSV files into a folder, which is made where it is
// not there: each as UTF-8 with a byte order mark, without which Excel does not
// read Chinese. It gives the files. One that is there already is replaced only where
// it begins as this program begins it, in either language.
func (w Workbook) WriteCSV(dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	var files []string
	for i, p := range w.pages() {
		path := filepath.Join(dir, p.tab+".csv")
		err := sheet.WriteOver(path, w.beginnings(i), func(out io.Writer) error { return writeCSV(out, p) })
		if err != nil {
			return files, err
		}
		files = append(files, path)
	}
	return files, nil
}

// beginnings are what the i-th sheet may begin with: its first headings, or its
// title.
func (w Workbook) beginnings(i int) []string {
	var all []string
	for _, l := range []lang.Lang{lang.Zh, lang.En} {
		w.Lang = l
		begin := w.t("title")
		if head := w.pages()[i].head; head != nil {
			begin = head[0].String() + "," + head[1].String() + "," + head[2].String()
		}
		all = append(all, begin)
	}
	return all
}

func writeCSV(out io.Writer, p page) error {
	if _, err := io.WriteString(out, "\ufeff"); err != nil {
		return err
	}
	c := sheet.NewCSV(out)
	var failed error
	write := func(values ...sheet.Value) {
		fields := make([]string, max(1, len(values)))
		for i, v := range values {
			fields[i] = v.String()
		}
		if err := c.Write(fields); failed == nil {
			failed = err
		}
	}
	if p.head != nil {
		write(p.head...)
	}
	if err := p.write(write); err != nil {
		return err
	}
	c.Flush()
	if failed == nil {
		failed = c.Error()
	}
	return failed
}
