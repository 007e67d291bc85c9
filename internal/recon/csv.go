package recon

import (
	"io"
	"os"
	"path/filepath"

	"batchcomplete/internal/sheet"
)

// WriteCSV writes the sheets as CSV files into a folder, which is made where it is
// not there: each as UTF-8 with a byte order mark, without which Excel does not
// read Chinese. It gives the files.
func (w Workbook) WriteCSV(dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	var files []string
	for _, p := range w.pages() {
		path := filepath.Join(dir, p.tab+".csv")
		err := sheet.WriteFile(path, func(out io.Writer) error { return writeCSV(out, p) })
		if err != nil {
			return files, err
		}
		files = append(files, path)
	}
	return files, nil
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
