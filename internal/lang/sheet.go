package lang

// sheetTexts: the messages of sheet.
var sheetTexts = Texts{}
