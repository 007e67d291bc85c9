package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"batchcomplete/internal/sheet/sheettest"
)

// endless gives a text over and over, between a beginning and an end.
type endless struct {
	before, again, after string
	times                int
}

func (e endless) writeTo(t *testing.T, w io.Writer) {
	t.Helper()
	chunk := strings.Repeat(e.again, max(1, 1<<16/len(e.again)))
	per := len(chunk) / len(e.again)
	_, err := io.WriteString(w, e.before)
	for n := 0; err == nil && n < e.times; n += per {
		_, err = io.WriteString(w, chunk)
	}
	if err == nil {
		_, err = io.WriteString(w, e.after)
	}
	if err != nil {
		t.Fatal(err)
	}
}

const sheetStart, sheetEnd = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`, `</sheetData></worksheet>`

// bomb writes a workbook with one part that is made over and over.
func bomb(t *testing.T, part string, e endless) string {
	t.Helper()
	parts := sheettest.Book{Sheets: [][2]string{{"a", sheettest.Rows([]string{sheettest.Text("x")})}}, Shared: []string{"<t>x</t>"}}.All()
	path := filepath.Join(t.TempDir(), "bomb.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := zip.NewWriter(f)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	for name, text := range parts {
		entry, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if name != part {
			_, _ = io.WriteString(entry, text)
			continue
		}
		e.writeTo(t, entry)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// bombs are files that are small, and would be large or slow.
var bombs = map[string]func(t *testing.T) string{
	"a cell of 160 MB": func(t *testing.T) string {
		return bomb(t, "xl/worksheets/sheet1.xml", endless{sheetStart + `<row r="1"><c r="A1" t="str"><v>`, "9", `</v></c></row>` + sheetEnd, 160 << 20})
	},
	"a cell of 100 MB that is packed badly": func(t *testing.T) string {
		var b strings.Builder
		for i := range 200_000 {
			b.WriteString(strconv.Itoa(i * 7919 % 1_000_003))
		}
		return bomb(t, "xl/worksheets/sheet1.xml", endless{sheetStart + `<row r="1"><c r="A1" t="str"><v>`, b.String(), `</v></c></row>` + sheetEnd, 100})
	},
	"an attribute without an end": func(t *testing.T) string {
		return bomb(t, "xl/worksheets/sheet1.xml", endless{sheetStart + `<row r="1" x="`, "0123456789abcdefghijklmnopqrstuvwxyz", `"/>` + sheetEnd, 8 << 20})
	},
	"elements within elements": func(t *testing.T) string {
		return bomb(t, "xl/worksheets/sheet1.xml", endless{sheetStart, "<a1><b2><c3>", sheetEnd, 1 << 20})
	},
	"elements within a cell": func(t *testing.T) string {
		return bomb(t, "xl/worksheets/sheet1.xml", endless{sheetStart + `<row r="1"><c r="A1"><x>`, "<a><b>", sheetEnd, 1 << 20})
	},
	"a document type that multiplies": func(t *testing.T) string {
		lol := `<!DOCTYPE x [<!ENTITY a "lol">`
		for c := 'b'; c < 'j'; c++ {
			lol += fmt.Sprintf(`<!ENTITY %c "%s">`, c, strings.Repeat(fmt.Sprintf("&%c;", c-1), 10))
		}
		return sheettest.Book{Parts: map[string]string{"xl/worksheets/sheet1.xml": lol + `]><worksheet><sheetData><row r="1"><c r="A1" t="str"><v>&i;</v></c></row></sheetData></worksheet>`},
			Sheets: [][2]string{{"a", ""}}}.Write(t)
	},
	"shared texts by the million": func(t *testing.T) string {
		return bomb(t, "xl/sharedStrings.xml", endless{`<sst>`, `<si><t/></si>`, `</sst>`, 14_000_000})
	},
	"merged cells by the million": func(t *testing.T) string {
		return bomb(t, "xl/worksheets/sheet1.xml", endless{`<worksheet><sheetData/><mergeCells>`, `<mergeCell ref="A1:B2"/>`, `</mergeCells></worksheet>`, 200_000})
	},
	"rows by the million in one place": func(t *testing.T) string {
		return bomb(t, "xl/worksheets/sheet1.xml", endless{sheetStart, `<row><c/></row>`, sheetEnd, 8_000_000})
	},
	// Each of these is packed as badly as the directory lets it be: what gives it away
	// is how many tags, or how much text, it has for what was read of it.
	"cells by the million beside what cannot be packed": func(t *testing.T) string {
		return bomb(t, "xl/worksheets/sheet1.xml", endless{sheetStart, ballast(60_000) + strings.Repeat("<row>"+strings.Repeat(`<c t="s"><v>0</v></c>`, 100)+"</row>", 2_000), sheetEnd, 40})
	},
	"cells by the million behind what cannot be packed": func(t *testing.T) string {
		return bomb(t, "xl/worksheets/sheet1.xml", endless{sheetStart + strings.Repeat(ballast(60_000), 50), "<row>" + strings.Repeat(`<c t="s"><v>0</v></c>`, 100) + "</row>", sheetEnd, 60_000})
	},
	"elements by the million that nobody reads": func(t *testing.T) string {
		return bomb(t, "xl/worksheets/sheet1.xml", endless{sheetStart, ballast(60_000) + strings.Repeat("<x/>", 1_000_000), sheetEnd, 20})
	},
	"long texts behind what cannot be packed": func(t *testing.T) string {
		return bomb(t, "xl/worksheets/sheet1.xml", endless{sheetStart + strings.Repeat(ballast(60_000), 40), "<x>" + strings.Repeat("9", 900_000) + "</x>", sheetEnd, 60})
	},
	"a huge text that every cell refers to": func(t *testing.T) string {
		path, rows := filepath.Join(t.TempDir(), "bomb.xlsx"), strings.Builder{}
		for r := range 20_000 {
			fmt.Fprintf(&rows, `<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>`, r+1, r+1, r%100)
		}
		shared := make([]string, 100)
		for i := range shared {
			shared[i] = "<t>" + ballast(2_000)[4:2_000] + strings.Repeat("0123456789", 12_000) + "</t>"
		}
		book := sheettest.Book{Sheets: [][2]string{{"a", "<sheetData>" + rows.String() + "</sheetData>"}}, Shared: shared}
		if err := os.Rename(book.Write(t), path); err != nil {
			t.Fatal(err)
		}
		return path
	},
	"shared texts up to their bound": func(t *testing.T) string { return sharedBomb(t, 12_000_000+10) },
	"a million parts":                millionParts,
	"a size that is a lie":           func(t *testing.T) string { return lying(t, 3<<30) },
	"a size that is too small":       func(t *testing.T) string { return lying(t, 10) },
	"one part laid over itself": func(t *testing.T) string {
		return overlapping(t)
	},
}

// ballast is a comment of so many bytes that cannot be packed to less than half.
func ballast(n int) string {
	b := make([]byte, n/2)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b)
	return "<!--" + hex.EncodeToString(b) + "-->"
}

// sharedBomb writes a workbook with so many shared texts, all different, and a
// sheet that is large enough to refer to each.
func sharedBomb(t *testing.T, texts int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bomb.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := zip.NewWriter(f)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	parts := sheettest.Book{Sheets: [][2]string{{"a", ""}}, Shared: []string{""}}.All()
	for name, text := range parts {
		entry, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		out := bufio.NewWriterSize(entry, 1<<16)
		switch name {
		case "xl/sharedStrings.xml":
			_, _ = out.WriteString("<sst>")
			for i := range texts {
				fmt.Fprintf(out, "<si><t>%x</t></si>", uint32(i)*2654435761)
			}
			_, _ = out.WriteString("</sst>")
		case "xl/worksheets/sheet1.xml":
			_, _ = out.WriteString(sheetStart)
			for r := range texts / 12 {
				fmt.Fprintf(out, `<row r="%d" spans="1:12">%s</row>`, r+1, strings.Repeat(`<c t="s"><v>1</v></c>`, 12))
			}
			_, _ = out.WriteString(sheetEnd)
		default:
			_, _ = out.WriteString(text)
		}
		if err := out.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// millionParts writes the directory alone: that is what costs memory.
func millionParts(t *testing.T) string {
	var dir bytes.Buffer
	var record [46]byte
	copy(record[:], "PK\x01\x02")
	const n = 1_000_000
	for range n {
		dir.Write(record[:])
	}
	var end [22]byte
	copy(end[:], "PK\x05\x06")
	binary.LittleEndian.PutUint16(end[8:], n&0xFFFF)
	binary.LittleEndian.PutUint16(end[10:], n&0xFFFF)
	binary.LittleEndian.PutUint32(end[12:], uint32(dir.Len()))
	binary.LittleEndian.PutUint32(end[16:], 4)
	return file(t, append(append([]byte("PK\x03\x04"), dir.Bytes()...), end[:]...))
}

func file(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.xlsx")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lying writes a workbook whose sheet claims another size than it has.
func lying(t *testing.T, size uint64) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range (sheettest.Book{Sheets: [][2]string{{"a", sheettest.Rows([]string{sheettest.Text("x")})}}}).All() {
		var packed bytes.Buffer
		f, _ := flate.NewWriter(&packed, 9)
		_, _ = io.WriteString(f, text)
		_ = f.Close()
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE([]byte(text)), CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(len(text))}
		if strings.HasSuffix(name, "sheet1.xml") {
			h.UncompressedSize64 = size
		}
		e, err := w.CreateRaw(h)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = e.Write(packed.Bytes())
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file(t, out.Bytes())
}

// overlapping writes a directory in which thousands of names share one part.
func overlapping(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	e, err := w.Create("xl/a.xml")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = e.Write(bytes.Repeat([]byte("0123456789"), 90_000))
	_ = w.Close()
	content := out.Bytes()
	at := bytes.Index(content, []byte("PK\x01\x02"))
	record := content[at : at+46+len("xl/a.xml")]
	var dir bytes.Buffer
	for i := range 9_999 {
		copied := append([]byte{}, record...)
		copy(copied[46:], fmt.Sprintf("x%04d.xml", i))
		dir.Write(copied[:46+len("xl/a.xml")])
	}
	end := append([]byte{}, content[bytes.Index(content, []byte("PK\x05\x06")):]...)
	binary.LittleEndian.PutUint16(end[8:], 9_999)
	binary.LittleEndian.PutUint16(end[10:], 9_999)
	binary.LittleEndian.PutUint32(end[12:], uint32(dir.Len()))
	return file(t, append(append(append([]byte{}, content[:at]...), dir.Bytes()...), end...))
}

const bombFile = "SHEET_TEST_BOMB"

// TestABombIsRefusedInLittleMemory reads each in a process of its own, which
// says how much memory it had at most.
func TestABombIsRefusedInLittleMemory(t *testing.T) {
	if path := os.Getenv(bombFile); path != "" {
		readBomb(t, path)
		return
	}
	if testing.Short() {
		t.Skip("long")
	}
	for name, make := range bombs {
		t.Run(name, func(t *testing.T) {
			c := exec.Command(os.Args[0], "-test.run=^TestABombIsRefusedInLittleMemory$", "-test.v")
			c.Env = append(os.Environ(), bombFile+"="+make(t), "GOMEMLIMIT=192MiB") // the program sets it for itself
			out, err := c.CombinedOutput()
			if err != nil || !bytes.Contains(out, []byte("refused: ")) {
				t.Fatalf("%v\n%s", err, out)
			}
			_, peak, ok := strings.Cut(string(out), "peak KiB: ")
			if !ok {
				t.Skip("this system does not tell a process's peak memory")
			}
			kib, err := strconv.Atoi(strings.Fields(peak)[0])
			if err != nil || kib > 256<<10 {
				t.Errorf("%d KiB, %v", kib, err)
			}
		})
	}
}

// readThrough reads a file's first sheet and keeps nothing of it, as the program
// does: a test that kept the rows would measure itself.
func readThrough(path string) error {
	f, err := Open(path, "")
	if err != nil {
		return err
	}
	defer f.Close()
	for _, err := range f.Rows(f.Sheets()[0].Name) {
		if err != nil {
			return err
		}
	}
	return nil
}

func readBomb(t *testing.T, path string) {
	err := readThrough(path)
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("it was read: %v", err)
	}
	fmt.Println("refused:", refusal)
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return
	}
	for line := range strings.Lines(string(status)) {
		if peak, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			fmt.Println("peak KiB:", strings.Fields(peak)[0])
		}
	}
}

// TestAPartThatIsPackedTooTightlyIsNotUnpacked: the directory of the file says so.
func TestAPartThatIsPackedTooTightlyIsNotUnpacked(t *testing.T) {
	_, err := Open(bomb(t, "xl/worksheets/sheet1.xml", endless{sheetStart, "<row><c/></row>", sheetEnd, 700_000}), "")
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Key != "sheet.tight" {
		t.Error(err)
	}
	if err := readThrough(bomb(t, "xl/worksheets/sheet1.xml", endless{sheetStart, "<row><c/></row>", sheetEnd, 200_000})); err != nil {
		t.Error("a small file may be packed as tightly as it likes:", err)
	}
}

// TestWhetherABombIsOursIsFoundOutInLittleMemory: every file of an inbox is asked
// that, before any is read.
func TestWhetherABombIsOursIsFoundOutInLittleMemory(t *testing.T) {
	f, err := os.Open(millionParts(t))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ours := markedBook(f) || untouched(f)
	runtime.ReadMemStats(&after)
	if used := (after.TotalAlloc - before.TotalAlloc) >> 20; ours || used > 100 {
		t.Errorf("ours: %v, and %d MiB were used", ours, used)
	}
}

// TestMoreSharedTextsThanTheSheetsCouldUseAreRefused long before the bound of a
// file that uses them.
func TestMoreSharedTextsThanTheSheetsCouldUseAreRefused(t *testing.T) {
	book := sheettest.Book{Sheets: [][2]string{{"a", sheettest.Rows([]string{sheettest.Text("x")})}}, Shared: make([]string, 1<<16+100)}
	_, err := read(t, book.Write(t), "")
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Key != "sheet.toolarge" {
		t.Error(err)
	}
	book.Shared = book.Shared[:1<<16]
	if _, err := read(t, book.Write(t), ""); err != nil {
		t.Error("left over from what somebody deleted:", err)
	}
}

func TestANameThatLeadsOutOfTheFileIsRefused(t *testing.T) {
	for _, name := range []string{"../evil.xml", "/etc/evil.xml", `xl\..\..\evil.xml`, "C:/evil.xml", "xl/../../evil.xml"} {
		book := sheettest.Book{Sheets: [][2]string{{"a", sheettest.Rows([]string{sheettest.Text("x")})}}, Parts: map[string]string{name: "<x/>"}}
		_, err := read(t, book.Write(t), "")
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Key != "sheet.damaged" || !strings.Contains(refusal.Error(), "leads out") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhatOtherProgramsWriteIsReadToo has containers that are odd and right.
func TestWhatOtherProgramsWriteIsReadToo(t *testing.T) {
	data := sheettest.Rows([]string{sheettest.Text("账单"), sheettest.Number("1", 0)})
	plain := sheettest.Book{Sheets: [][2]string{{"a", data}}}
	const sheet1 = "xl/worksheets/sheet1.xml"
	prefixed := strings.NewReplacer("<worksheet xmlns=", "<x:worksheet xmlns:x=", "</worksheet>", "</x:worksheet>", "<sheetData", "<x:sheetData", "</sheetData", "</x:sheetData", "<row", "<x:row", "</row", "</x:row",
		"<c ", "<x:c ", "</c>", "</x:c>", "<is>", "<x:is>", "</is>", "</x:is>", "<t ", "<x:t ", "</t>", "</x:t>", "<v>", "<x:v>", "</v>", "</x:v>").Replace(plain.All()[sheet1])
	strict := strings.NewReplacer("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships").Replace
	backslashes := map[string]string{}
	for name, text := range plain.All() {
		backslashes[strings.ReplaceAll(name, "/", `\`)] = text
	}
	for name, parts := range map[string]map[string]string{
		"a prefix":         sheettest.Book{Sheets: plain.Sheets, Parts: map[string]string{sheet1: prefixed}}.All(),
		"strict":           sheettest.Book{Sheets: plain.Sheets, Parts: map[string]string{"_rels/.rels": strict(plain.All()["_rels/.rels"]), "xl/_rels/workbook.xml.rels": strict(plain.All()["xl/_rels/workbook.xml.rels"])}}.All(),
		"absolute targets": sheettest.Book{Sheets: plain.Sheets, Parts: map[string]string{"xl/_rels/workbook.xml.rels": strings.ReplaceAll(plain.All()["xl/_rels/workbook.xml.rels"], `Target="`, `Target="/xl/`)}}.All(),
		"GBK":              sheettest.Book{Sheets: plain.Sheets, Parts: map[string]string{sheet1: strings.Replace(strings.Replace(plain.All()[sheet1], "UTF-8", "GBK", 1), "账单", "\xd5\xcb\xb5\xa5", 1)}}.All(),
		"backslashes":      backslashes,
		"without numbers":  sheettest.Book{Sheets: [][2]string{{"a", strings.NewReplacer(` r="1"`, "", ` r="A1"`, "", ` r="B1"`, "").Replace(data)}}}.All(),
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := read(t, sheettest.Zip(t, parts), "")
			if err != nil || len(rows) != 1 || rows[0].Cells[0].Text != "账单" || rows[0].Cells[1].Text != "1" {
				t.Errorf("%+v %v", rows, err)
			}
		})
	}
}

func TestAZipThatIsNoWorkbookSaysWhatItIs(t *testing.T) {
	for want, parts := range map[string]map[string]string{
		"sheet.ods":  {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"},
		"sheet.xlsb": {"_rels/.rels": `<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>`, "xl/workbook.bin": "\x00"},
		"sheet.zip":  {"账单.xlsx": "PK"},
		"sheet.other": {"_rels/.rels": `<Relationships><Relationship Id="a" Type="x/officeDocument" Target="word/document.xml"/></Relationships>`,
			"word/document.xml": "<document/>", "word/_rels/document.xml.rels": "<Relationships/>"},
	} {
		_, err := read(t, sheettest.Zip(t, parts), "")
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Key != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestARecordOfCSVThatDoesNotEndIsRefused(t *testing.T) {
	for want, text := range map[string]string{
		"sheet.csv.endless": "a,b\n\"" + strings.Repeat("1,2\n", 3<<20), "sheet.columns": "a,b\n" + strings.Repeat(",", 300), "sheet.csv.long": "a\n" + strings.Repeat("x", 200_000),
		"sheet.rows": strings.Repeat("\n", 1<<20) + "a,b\n",
	} {
		_, err := read(t, file(t, []byte(text)), "")
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Key != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}
