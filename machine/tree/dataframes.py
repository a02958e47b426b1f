"""판다스의 표에서 <style scoped>를 뺀다. 브라우저는 scoped를 모르고, 책에는 옮길 수 없다."""

import re

from docutils import nodes

from machine.tree.nodes import raw_html

SCOPED = re.compile(r"<style scoped>.*?</style>\s*", re.S)


def unstyle(app, doctree):
    for raw in raw_html(doctree):
        if 'class="dataframe"' in raw.astext():
            raw[:] = [nodes.Text(SCOPED.sub("", raw.astext()))]


def setup(app):
    app.connect("doctree-read", unstyle)
