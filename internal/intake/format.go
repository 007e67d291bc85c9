package intake

import "strings"

// display is what a number format makes of a number, as far as it can mislead: a
// cell that shows another number than it holds was checked by eye against the
// wrong one.
type display struct {
	scaled   bool   // percent, thousands, 万, fractions, powers, dates, Chinese numerals
	foreign  bool   // another currency than the yuan
	unit     string // "yuan" or "fen", where the format says so
	decimals int    // how many are shown; -1: all of them
	nothing  bool   // no digit is shown at all
}

// show reads a number format. Which of its sections shows a number may depend on
// conditions, so the worst of them counts; the last of four is for text.
func show(format string) display {
	if format == "" {
		return display{decimals: -1}
	}
	sections := splitFormat(format)
	all := display{decimals: -1}
	for i, text := range sections[:min(len(sections), 3)] {
		d := section(text)
		all.scaled, all.foreign = all.scaled || d.scaled, all.foreign || d.foreign
		if d.unit != "" {
			all.unit = d.unit
		}
		if i == 0 {
			all.nothing = d.nothing
		}
		if d.decimals >= 0 && (i == 0 || strings.Contains(format, "[<") || strings.Contains(format, "[>") || strings.Contains(format, "[=")) &&
			(all.decimals < 0 || d.decimals < all.decimals) {
			all.decimals = d.decimals
		}
	}
	return all
}

// splitFormat cuts a format at its semicolons.
func splitFormat(format string) []string {
	var sections []string
	start := 0
	eachToken(format, func(at int, literal bool, text string) {
		if !literal && text == ";" {
			sections = append(sections, format[start:at])
			start = at + 1
		}
	})
	return append(sections, format[start:])
}

// eachToken visits a format's characters. What stands in quotes or behind \ or !
// is literal, as one text; what stands in brackets comes with them. Padding (_x,
// *x) is left out.
func eachToken(format string, visit func(at int, literal bool, text string)) {
	runes := []rune(format)
	at := 0
	size := func(r []rune) int { return len(string(r)) }
	for i := 0; i < len(runes); {
		n, literal, text := 1, false, string(runes[i])
		switch runes[i] {
		case '"':
			for n < len(runes)-i && runes[i+n] != '"' {
				n++
			}
			literal, text = true, string(runes[i+1:i+n])
			n = min(n+1, len(runes)-i)
		case '\\', '!':
			n = min(2, len(runes)-i)
			literal, text = true, string(runes[i+1:i+n])
		case '_', '*':
			n = min(2, len(runes)-i)
			literal, text = true, ""
		case '[':
			for n < len(runes)-i && runes[i+n-1] != ']' {
				n++
			}
			text = string(runes[i : i+n])
		}
		visit(at, literal, text)
		at += size(runes[i : i+n])
		i += n
	}
}

// section reads one section.
func section(format string) display {
	if strings.Contains(strings.ToUpper(format), "[DBNUM") {
		return display{scaled: true, decimals: -1}
	}
	if strings.Contains(format, "General") || strings.Contains(format, "通用格式") || strings.TrimSpace(format) == "@" {
		return display{decimals: -1}
	}
	d := display{}
	var mask strings.Builder // its digit places, points and commas
	eachToken(format, func(_ int, literal bool, text string) {
		switch {
		case strings.HasPrefix(text, "[") && !literal:
			d.bracket(text)
		case literal:
			d.words(text)
		case strings.Contains("0#?.,", text):
			mask.WriteString(text)
		case strings.Contains("%/EeYyMmDdHhSs", text):
			d.scaled = true
		default:
			d.words(text)
		}
	})
	whole, fraction, _ := strings.Cut(mask.String(), ".")
	digits := strings.Trim(mask.String(), ".,") != ""
	d.nothing = !digits
	d.scaled = d.scaled || digits && (strings.HasSuffix(whole, ",") || strings.HasSuffix(fraction, ","))
	d.decimals = len(strings.Trim(fraction, ","))
	if !digits {
		d.decimals = -1
	}
	return d
}

// bracket reads what stands in brackets: a currency, elapsed time, a colour or a
// condition.
func (d *display) bracket(text string) {
	inside := strings.Trim(text, "[]")
	switch {
	case strings.HasPrefix(inside, "$"):
		symbol, _, _ := strings.Cut(inside[1:], "-")
		switch strings.ToUpper(strings.TrimSpace(symbol)) {
		case "", "¥", "￥", "CNY", "RMB", "元":
		default:
			d.foreign = true
		}
	case inside != "" && strings.Trim(strings.ToLower(inside), "hms") == "":
		d.scaled = true
	}
}

// words reads the literal texts of a format.
func (d *display) words(text string) {
	switch {
	case strings.ContainsAny(text, "万千百亿.,%"):
		d.scaled = true
	case strings.ContainsAny(text, "$€£₩") || strings.Contains(text, "美元") || strings.Contains(text, "港"):
		d.foreign = true
	case strings.Contains(text, "元"):
		d.unit = "yuan"
	case strings.Contains(text, "分"):
		d.unit = "fen"
	}
}
