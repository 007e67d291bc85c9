package recon

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"batchcomplete/internal/money"
)

// key stands for a text by which rows and lines find each other. It is as long
// as a key must be so that two texts never share one by chance or design.
type key [16]byte

// keyOf gives the key of some fields; the zero key where the last is empty.
func keyOf(fields ...string) key {
	if fields[len(fields)-1] == "" {
		return key{}
	}
	sum := sha256.Sum256([]byte(strings.Join(fields, "\x00")))
	return key(sum[:16])
}

func (k key) prefix() uint64 { return binary.BigEndian.Uint64(k[:8]) }

// entry is what is kept in memory of a line: a million of them fit.
type entry struct {
	ref, order    key
	amount, fee   money.Fen
	discount, due money.Fen
	number        int32 // in its file
	row           int32 // the row of ours that it belongs to; none: none
	day           int32 // settle date as 20261120
	file          int16 // carried: from the carry-over book
	mid, kind     int32
	class         Class
	place         Place
	netOff        bool // 清算金额 is not 交易金额 − 手续费
}

const (
	none    int32 = -1
	carried int16 = -1
)

// chunk entries are allocated together, so that growing copies none.
const chunk = 1 << 14

// lines are the lines of all statements, as entries and, on disk, as texts.
type lines struct {
	chunks [][]entry
	count  int
	mids   numbers
	kinds  numbers
	texts  *spill

	byRef, byOrder []pointer
}

// numbers numbers the few texts of a column.
type numbers struct {
	texts []string
	at    map[string]int32
}

func (t *numbers) number(text string) int32 {
	if n, ok := t.at[text]; ok {
		return n
	}
	if t.at == nil {
		t.at = map[string]int32{}
	}
	t.at[text] = int32(len(t.texts))
	t.texts = append(t.texts, text)
	return t.at[text]
}

func (l *lines) at(i int32) *entry { return &l.chunks[i/chunk][i%chunk] }

func (l *lines) add(e entry) {
	if l.count%chunk == 0 {
		l.chunks = append(l.chunks, make([]entry, 0, chunk))
	}
	last := &l.chunks[len(l.chunks)-1]
	*last = append(*last, e)
	l.count++
}

// entryOf makes the entry of a line of that file.
func (l *lines) entryOf(file int16, line Line, fees Fees) entry {
	e := entry{ref: keyOf(line.MID, line.Ref), order: keyOf(line.MID, line.Order), amount: line.Amount, fee: line.Fee, discount: line.Discount, due: unchecked,
		number: int32(line.Number), row: none, day: dayNumber(line.SettleDate), file: file, mid: l.mids.number(line.MID), kind: l.kinds.number(line.Type),
		class: line.Class, netOff: line.Settled != line.Amount-line.Fee}
	if line.Class == Completion {
		e.due = fees.due(line.MID, line.Card, line.Amount)
	}
	return e
}

// pointer is a place in an index: the beginning of the key, and the line.
type pointer struct {
	prefix uint64
	line   int32
}

// seal makes the indexes, once all lines are there.
func (l *lines) seal() {
	l.byRef, l.byOrder = make([]pointer, 0, l.count), make([]pointer, 0, l.count)
	for i := range int32(l.count) {
		e := l.at(i)
		if e.ref != (key{}) {
			l.byRef = append(l.byRef, pointer{e.ref.prefix(), i})
		}
		if e.order != (key{}) {
			l.byOrder = append(l.byOrder, pointer{e.order.prefix(), i})
		}
	}
	for _, index := range [][]pointer{l.byRef, l.byOrder} {
		slices.SortFunc(index, func(a, b pointer) int { return cmp.Or(cmp.Compare(a.prefix, b.prefix), cmp.Compare(a.line, b.line)) })
	}
}

// find visits the lines that an index has under a key.
func find(index []pointer, k key, visit func(line int32)) {
	if k == (key{}) {
		return
	}
	prefix := k.prefix()
	at, _ := slices.BinarySearchFunc(index, prefix, func(p pointer, want uint64) int { return cmp.Compare(p.prefix, want) })
	for ; at < len(index) && index[at].prefix == prefix; at++ {
		visit(index[at].line)
	}
}

// dayNumber makes "2026-11-20" 20261120; 0 of nothing.
func dayNumber(date string) int32 {
	n, _ := strconv.ParseInt(strings.ReplaceAll(date, "-", ""), 10, 32)
	return int32(n)
}

// dayText is the way back.
func dayText(n int32) string {
	if n == 0 {
		return ""
	}
	s := strconv.Itoa(int(n))
	return s[:4] + "-" + s[4:6] + "-" + s[6:]
}

// spill keeps the texts of the lines on disk, in a file without a name, until the
// sheets are written: a statement is read once, as it was then.
type spill struct {
	file *os.File
	buf  *bufio.Writer
	w    *csv.Writer
}

func newSpill() (*spill, error) {
	f, err := os.CreateTemp("", "reconcile-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	buf := bufio.NewWriterSize(f, 1<<18)
	return &spill{f, buf, csv.NewWriter(buf)}, nil
}

func (s *spill) add(l Line) error {
	return s.w.Write([]string{l.Time, l.Type, l.TID, l.MID, l.Card, l.Serial, l.Ref, l.Order, l.TargetOrder, strconv.FormatInt(int64(l.Settled), 10)})
}

// each gives the texts back, in order.
func (s *spill) each(visit func(i int32, l Line) error) error {
	s.w.Flush()
	if err := errors.Join(s.w.Error(), s.buf.Flush()); err != nil {
		return err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r := csv.NewReader(bufio.NewReaderSize(s.file, 1<<18))
	r.ReuseRecord = true
	for i := int32(0); ; i++ {
		f, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		settled, err := strconv.ParseInt(f[9], 10, 64)
		if err != nil {
			return err
		}
		l := Line{Time: f[0], Type: f[1], TID: f[2], MID: f[3], Card: f[4], Serial: f[5], Ref: f[6], Order: f[7], TargetOrder: f[8], Settled: money.Fen(settled)}
		if err := visit(i, l); err != nil {
			return err
		}
	}
}

func (s *spill) close() error { return s.file.Close() }
