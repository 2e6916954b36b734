.PHONY: studio check
studio:
	python3 start.py
check:
	python3 start.py test
