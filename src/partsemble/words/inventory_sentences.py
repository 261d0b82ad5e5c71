"""Refusals about products, stock and what is made of items, in a person's words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from partsemble.words.sentence import Sentence

INVENTORY_SENTENCES: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "import_not_found": Sentence(
            what="There is no such import here.",
            why="It may belong to another business, or the address is not quite right.",
            remedy="Look at the accounting items: those that are products say so.",
            status=404,
        ),
        "nothing_to_import": Sentence(
            what="There is nothing to import.",
            why="None of the chosen items would become a product as things are.",
            remedy="Choose other items, or give those without one a SKU.",
            status=422,
        ),
        "import_too_large": Sentence(
            what="That is too much for one import.",
            why="One takes {limit} items at most.",
            remedy="Narrow the list, by type for instance, and import it in parts.",
            status=422,
        ),
        "item_not_linkable": Sentence(
            what="That accounting item can't be linked.",
            why="It is inactive, or not of the books that are connected now.",
            remedy="Choose another one, or sync first.",
            status=404,
        ),
        "quantity_undecided": Sentence(
            what="Somebody has to say which quantity holds.",
            why="Here it is {ours}, in the books {books}.",
            remedy="Choose one; the other side is brought in step.",
            status=422,
        ),
        "owned_by_books": Sentence(
            what="{sku} follows your books in that.",
            why="Name, SKU and prices of a linked product are its item's: {fields}.",
            remedy="Change it in your books; the next sync brings it here. Or unlink the product.",
            status=422,
        ),
        "file_unreadable": Sentence(
            what="{problem}",
            why="Nothing was imported.",
            remedy="{remedy}",
            status=422,
        ),
        "file_import_not_found": Sentence(
            what="There is no such import of a file here.",
            why="It was tidied away after a month, or the address is not quite right.",
            remedy="Choose the file again; what was imported stays.",
            status=404,
        ),
        "file_import_moved": Sentence(
            what="That preview is no longer what the import would do.",
            why="It was looked at anew, confirmed, or carried out meanwhile; nothing was done now.",
            remedy="Look at the import as it is now.",
        ),
        "file_has_faults": Sentence(
            what="{faulty} rows of the file can't be imported.",
            why="A file is imported whole or not at all.",
            remedy="Correct these rows in the file, then choose it again.",
            status=422,
        ),
        "nothing_in_file": Sentence(
            what="There is nothing to import.",
            why="Every product is what the file says already.",
            remedy="Change the file, then choose it again.",
            status=422,
        ),
        "product_not_found": Sentence(
            what="There is no such product here.",
            why="It may belong to another business, or the address is not quite right.",
            remedy="Look for it in the list of products.",
            status=404,
        ),
        "sku_taken": Sentence(
            what="Another product has the SKU {sku}.",
            why="A SKU names one product; large and small letters make no difference.",
            remedy="Choose another one, or change that product's first.",
            status=422,
        ),
        "product_id_taken": Sentence(
            what="That product can't be made.",
            why="The id that was chosen for it is in use.",
            remedy="Choose a fresh one. Nothing was changed.",
        ),
        "entry_not_found": Sentence(
            what="There is no such stock transaction here.",
            why="It may belong to another business, or the address is not quite right.",
            remedy="Look for it in the list of stock transactions.",
            status=404,
        ),
        "not_enough_stock": Sentence(
            what="There is not that much of {sku}.",
            why="{wanted} are to be taken, and {on_hand} are there. Stock never goes below zero.",
            remedy="Take what is there and no more, or add what was found first.",
        ),
        "product_not_stocked": Sentence(
            what="{sku} is not kept in stock.",
            why="Such a product has a cost, but no quantity that could change.",
            remedy="If it is to be counted from now on, say so on its page.",
        ),
        "stock_remains": Sentence(
            what="{on_hand} of {sku} are on hand, so it stays stocked.",
            why="What is not stocked has no quantity: these would be on no list any more.",
            remedy="Adjust its stock to 0 first, then save again.",
        ),
        "shortage_remains": Sentence(
            what="{shortage} of {sku} are missing, so it stays stocked.",
            why="What arrives fills them, and of what is not stocked nothing ever arrives.",
            remedy="Add what is missing to its stock first, then save again.",
        ),
        "posting_key_reused": Sentence(
            what="That was posted before, with other content.",
            why="What was posted under a key stays as it is; this would be something else.",
            remedy="Look at the stock transactions, then start again from a fresh page.",
        ),
        "entry_reversed": Sentence(
            what="Stock transaction {number} was reversed before.",
            why="Its reversal is stock transaction {reversal}; twice would be once too often.",
            remedy="Adjust the stock if it is still not right.",
        ),
        "entry_not_reversible": Sentence(
            what="Stock transaction {number} can't be reversed.",
            why="It follows from your books or from another stock transaction, and not from you.",
            remedy="Change what it follows from, or adjust the stock.",
        ),
        "product_changed": Sentence(
            what="{sku} was changed meanwhile.",
            why="Saving now would undo what somebody else did.",
            remedy="Look at it as it is now, and make your change again.",
        ),
        "item_linked": Sentence(
            what="That accounting item belongs to {sku}.",
            why="An item is linked to one product at most, or its stock would count twice.",
            remedy="Choose another item, or take that product's link away first.",
        ),
    }
)
