package money

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestAmountsAreReadExactlyOrRefused(t *testing.T) {
	for _, c := range []struct {
		text string
		yuan any // Fen, or the error
		fen  any
	}{
		{"19.08", Fen(1908), ErrFraction},
		{"1908", Fen(190800), Fen(1908)},
		{"19.0", Fen(1900), Fen(19)},
		{"19.080", Fen(1908), ErrFraction},
		{"19.085", ErrFraction, ErrFraction},
		{"0.01", Fen(1), ErrFraction},
		{"0", Fen(0), Fen(0)},
		{"-5.50", Fen(-550), ErrFraction},
		{"010", Fen(1000), Fen(10)},
		{"", ErrEmpty, ErrEmpty},
		{"1,908", ErrNotANum, ErrNotANum},
		{"1e3", ErrNotANum, ErrNotANum},
		{"+1", ErrNotANum, ErrNotANum},
		{".5", ErrNotANum, ErrNotANum},
		{"5.", ErrNotANum, ErrNotANum},
		{"0x10", ErrNotANum, ErrNotANum},
		{"1 908", ErrNotANum, ErrNotANum},
		{"１９", ErrNotANum, ErrNotANum},
		{"NaN", ErrNotANum, ErrNotANum},
		{"1.2.3", ErrNotANum, ErrNotANum},
		{"--1", ErrNotANum, ErrNotANum},
		{"99999999999999999999", ErrTooLarge, ErrTooLarge},
	} {
		check(t, "ParseYuan", c.text, ParseYuan, c.yuan)
		check(t, "ParseFen", c.text, ParseFen, c.fen)
	}
}

func check(t *testing.T, name, text string, parse func(string) (Fen, error), want any) {
	t.Helper()
	got, err := parse(text)
	switch want := want.(type) {
	case error:
		if !errors.Is(err, want) {
			t.Errorf("%s(%q): got %v, %v; want %v", name, text, got, err, want)
		}
	case Fen:
		if err != nil || got != want {
			t.Errorf("%s(%q): got %v, %v; want %v", name, text, got, err, want)
		}
	}
}

func TestWhatIsPrintedIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Fen(rapid.Int64().Draw(t, "fen"))
		if back, err := ParseYuan(f.String()); err != nil && f != Fen(-1<<63) || err == nil && back != f {
			t.Fatalf("%d printed as %q came back as %d, %v", int64(f), f, int64(back), err)
		}
	})
}

func TestAmountsArePrintedForPeopleAndPrograms(t *testing.T) {
	for _, c := range []struct {
		fen           Fen
		plain, groups string
	}{
		{0, "0.00", "0.00"}, {5, "0.05", "0.05"}, {1908, "19.08", "19.08"}, {-5, "-0.05", "-0.05"},
		{100000, "1000.00", "1,000.00"}, {123456789, "1234567.89", "1,234,567.89"}, {99999, "999.99", "999.99"},
		{-1 << 63, "-92233720368547758.08", "-92,233,720,368,547,758.08"},
	} {
		if c.fen.String() != c.plain || c.fen.Grouped() != c.groups {
			t.Errorf("%d: got %s and %s", int64(c.fen), c.fen, c.fen.Grouped())
		}
	}
	if text, _ := json.Marshal(Fen(1908)); string(text) != "1908" {
		t.Errorf("JSON is %s: an integer of fen is the contract", text)
	}
	if text := fmt.Sprint(Fen(1908)); text != "19.08" {
		t.Errorf("fmt prints %s", text)
	}
}

func TestSumsThatOverflowAreSeen(t *testing.T) {
	if _, ok := Fen(1 << 62).Add(1 << 62); ok {
		t.Error("an overflow went unnoticed")
	}
	if sum, ok := Fen(5).Add(-7); !ok || sum != -2 {
		t.Error("5 - 7 fen")
	}
}
