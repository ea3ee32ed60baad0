"""The script that Streamlit runs: the pages and what is around them."""

import streamlit as st

from balatro.annotate_dataset.pages.common import STYLE, desk, icon
from balatro.annotate_dataset.pages.coverage import coverage_page
from balatro.annotate_dataset.pages.label import label_page
from balatro.annotate_dataset.pages.map import map_page
from balatro.annotate_dataset.pages.screens import screens_page
from balatro.annotate_dataset.pages.verify import verify_page
from balatro.errors import BalatroError

st.set_page_config(page_title="Balatro: label cards", page_icon=icon(), layout="wide")
st.html(STYLE)
page = st.navigation(
    [
        st.Page(label_page, title="Label", icon=":material/label:", url_path="label", default=True),
        st.Page(screens_page, title="Screens", icon=":material/crop_free:", url_path="screens"),
        st.Page(verify_page, title="Verify", icon=":material/fact_check:", url_path="verify"),
        st.Page(map_page, title="Map", icon=":material/scatter_plot:", url_path="map"),
        st.Page(coverage_page, title="Coverage", icon=":material/grid_on:", url_path="coverage"),
    ],
    position="top",
)
try:
    desk()
    page.run()
except BalatroError as error:
    st.error(str(error), icon=":material/error:")
    st.button("Look again", type="primary")
