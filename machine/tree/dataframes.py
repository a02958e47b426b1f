"""판다스의 표를 책의 표와 같은 모양으로. 그 <style scoped>는 책에 옮길 수 없다."""

import re

from docutils import nodes

from machine.tree.nodes import raw_html

STYLED = re.compile(r"<div>\s*<style scoped>.*?</style>", re.S)
TABLE = '<table border="1" class="dataframe">'


def restyle(app, doctree):
    for raw in raw_html(doctree):
        if TABLE in raw.astext():
            html = STYLED.sub('<div class="table-wrapper">', raw.astext())
            raw[:] = [nodes.Text(html.replace(TABLE, '<table class="docutils dataframe">'))]


def setup(app):
    app.connect("doctree-read", restyle)
