package sheet

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"
)

func (x *xlsx) loadStyles(name string) error {
	custom := map[string]string{}
	inCells := false
	return x.walk(name, func(_ *parser, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			custom[attr(e, "numFmtId")] = attr(e, "formatCode")
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if inCells {
				id := attr(e, "numFmtId")
				format, ok := custom[id]
				if !ok {
					format = builtin(id)
				}
				x.styles = append(x.styles, format)
			}
		}
		return nil
	})
}

// builtins are the built-in formats that are no dates; what depends on the
// reader's country is as a Chinese one has it.
var builtins = map[int]string{
	1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: `"¥"#,##0`, 6: `"¥"#,##0`, 7: `"¥"#,##0.00`, 8: `"¥"#,##0.00`, 9: "0%", 10: "0.00%",
	11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: `"¥"#,##0`,
	43: "#,##0.00", 44: `"¥"#,##0.00`, 48: "##0.0E+0", 49: "@",
}

// builtin gives a built-in number format; those that are dates only by the
// reader's country as a date too.
func builtin(id string) string {
	n, err := strconv.Atoi(id)
	switch {
	case err != nil || n == 0:
		return ""
	case n >= 14 && n <= 22, n >= 27 && n <= 36, n >= 45 && n <= 47, n >= 50 && n <= 58:
		return "yyyy-mm-dd"
	}
	return builtins[n]
}

// isDate tells a date format by its letters outside of quotes and brackets.
func isDate(format string) bool {
	inQuotes, inBrackets := false, false
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case c == '\\':
			i++
		case c == '"':
			inQuotes = !inQuotes
		case inQuotes:
		case c == '[':
			inBrackets = true
		case c == ']':
			inBrackets = false
		case !inBrackets && strings.IndexByte("yYdD", c) >= 0:
			return true
		}
	}
	return false
}

// days1904 is how many days lie between the two ways of counting them.
const days1904 = 1462

// serial turns a day number into a date, with the time of day where it has one.
// Workbooks that were begun on a Mac may count from 1904.
func serial(number string, since1904 bool) string {
	whole, fraction, _ := strings.Cut(number, ".")
	days, err := strconv.Atoi(whole)
	if since1904 {
		days += days1904
	}
	if err != nil || days < 61 || days > 2_958_465 { // before 1 March 1900 the count is off by one
		return number
	}
	day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days)
	if fraction == "" {
		return day.Format(time.DateOnly)
	}
	fraction = (fraction + "0000000000")[:10]
	parts, err := strconv.ParseInt(fraction, 10, 64)
	if err != nil {
		return number
	}
	const unit = 10_000_000_000
	seconds := (parts*86_400 + unit/2) / unit
	return day.Add(time.Duration(seconds) * time.Second).Format(time.DateTime)
}

// isoDate reads the dates of strict workbooks, which are written out:
// "2026-11-23", "2026-11-23T00:00:00Z".
func isoDate(raw string) string {
	for _, form := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		at, err := time.Parse(form, strings.TrimSuffix(raw, "Z"))
		if err != nil {
			continue
		}
		if at.Equal(at.Truncate(24 * time.Hour)) {
			return at.Format(time.DateOnly)
		}
		return at.Format(time.DateTime)
	}
	return raw
}
