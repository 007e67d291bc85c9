package lang

// manualTexts: the words of manual pages and of the generated reference.
var manualTexts = Texts{
	"manual.name":        {"名称", "NAME"},
	"manual.synopsis":    {"用法", "SYNOPSIS"},
	"manual.description": {"说明", "DESCRIPTION"},
	"manual.options":     {"参数", "OPTIONS"},
	"manual.common":      {"通用参数", "OPTIONS OF EVERY COMMAND"},
	"manual.exit":        {"退出码", "EXIT STATUS"},
	"manual.also":        {"另见", "SEE ALSO"},
}
