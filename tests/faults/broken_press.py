"""The process that sets pages on a machine from which the fonts were taken."""

from portal.rendering.pdf import process, typeset

if __name__ == "__main__":
    typeset.FONTS.clear()
    process.main()
