"""How our windows look: colours and the style sheet."""

from __future__ import annotations

GROUND, PANEL, EDGE, TEXT, DIM = "#1b2529", "#26343a", "#3a4d55", "#f2f5f4", "#93a7ad"
BLUE, GREEN, ORANGE, RED, GREY = "#3aa7f5", "#4bc292", "#fda200", "#fe5f55", "#6c7f86"

STYLE = f"""
* {{ font-size: 13px; color: {TEXT}; }}
QWidget#ground {{ background: {GROUND}; }}
QFrame#panel {{ background: {PANEL}; border-radius: 8px; }}
QLabel {{ background: transparent; }}
QLabel#dim, QLabel#hint {{ color: {DIM}; font-size: 12px; }}
QLabel#head {{ font-size: 15px; font-weight: 600; }}
QLabel#pill {{ border-radius: 10px; padding: 3px 11px; font-weight: 600; font-size: 12px;
  color: {GROUND}; background: {GREY}; }}
QLabel#pill[state="auto"] {{ background: {GREEN}; }}
QLabel#pill[state="waiting"] {{ background: {ORANGE}; }}
QLabel#pill[state="failed"] {{ background: {RED}; }}
QLabel#number {{ font-size: 18px; font-weight: 600; }}
QPushButton {{ background: #31434b; border: 1px solid {EDGE}; border-radius: 7px; padding: 8px 12px; text-align: left; }}
QPushButton:hover {{ background: #3a4f58; }}
QPushButton:pressed {{ background: #2a3a41; }}
QPushButton:focus {{ border-color: {BLUE}; }}
QPushButton:disabled {{ color: #6a7d84; background: #28363c; border-color: #2f3f46; }}
QPushButton#main {{ background: #1f6fa8; border-color: {BLUE}; font-weight: 600; }}
QPushButton#main:hover {{ background: #2580c0; }}
QPushButton#go {{ background: #2b7a58; border-color: {GREEN}; }}
QPushButton#go:hover {{ background: #338f68; }}
QPushButton#go:disabled {{ background: #28363c; border-color: #2f3f46; }}
QPushButton#stop:enabled {{ background: #a8403a; border-color: {RED}; }}
QLineEdit, QListWidget {{ background: {GROUND}; border: 1px solid {EDGE}; border-radius: 6px; padding: 5px 7px;
  selection-background-color: {BLUE}; selection-color: {GROUND}; }}
QLineEdit:focus, QListWidget:focus {{ border-color: {BLUE}; }}
QListWidget::item {{ padding: 5px 4px; border-radius: 4px; }}
QListWidget::item:selected {{ background: #1f6fa8; color: {TEXT}; }}
QComboBox {{ background: #31434b; border: 1px solid {EDGE}; border-radius: 6px; padding: 5px 9px; }}
QComboBox QAbstractItemView, QListView {{ background: {PANEL}; color: {TEXT}; border: 1px solid {EDGE};
  selection-background-color: #1f6fa8; selection-color: {TEXT}; }}
QPushButton#step {{ padding: 4px 0; text-align: center; min-width: 26px; font-weight: 600; }}
QLineEdit:disabled {{ color: {EDGE}; }}
QScrollBar:vertical {{ background: {GROUND}; width: 9px; margin: 2px; }}
QScrollBar::handle:vertical {{ background: {EDGE}; border-radius: 3px; min-height: 20px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
QToolTip {{ background: {PANEL}; color: {TEXT}; border: 1px solid {EDGE}; padding: 4px; }}
"""
