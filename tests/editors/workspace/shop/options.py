"""What the till asks for on its command line."""

import argparse


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="The till of the shop.")
    parser.add_argument("--customer", type=str, default="", help="the number of the customer")
    parser.add_argument("--voucher", type=str, default="", help="the number of the voucher")
    parser.add_argument("--receipt", type=str, default="", help="the number of the receipt")
    parser.add_argument("--cashier", type=str, default="", help="the number of the cashier")
    return parser
