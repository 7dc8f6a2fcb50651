#ifndef SHOAL_FRAMEWORK_REPORT_PAGE_HTML_H_
#define SHOAL_FRAMEWORK_REPORT_PAGE_HTML_H_

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace shoal::host {

/// The name of an element or an attribute: fixed when the program is compiled, so that it never comes from data.
class Word {
 public:
  consteval Word(const char* name) : name_(name) {  // not explicit: `open("p")`
    for (const char c : name_)
      if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ':'))
        throw "a name of HTML is letters, digits, - and :";
  }
  constexpr std::string_view view() const { return name_; }

 private:
  std::string_view name_;
};

struct Attribute {
  Word name;
  std::string value;
};

/// Writes HTML (and SVG inside it) in which text is text: what comes as text or as the value of an attribute is
/// escaped, bytes that are no UTF-8 and control characters become U+FFFD, and nothing else goes in but programs and
/// styles of our own, JSON, and drawings that are looked through. Elements are closed by what opened them.
class Html {
 public:
  using Attributes = std::initializer_list<Attribute>;

  Html& open(Word tag, Attributes attributes = {});
  Html& close();  ///< the innermost element that is open
  Html& text(std::string_view text);
  Html& element(Word tag, Attributes attributes, std::string_view text);
  Html& element(Word tag, std::string_view text) { return element(tag, {}, text); }
  Html& single(Word tag, Attributes attributes = {});  ///< one without an end: meta, img, br

  /// Data for the page's program. Inside it `<`, U+2028 and U+2029 are written as escapes of JSON, so that it neither
  /// ends its element nor breaks a line of a program.
  Html& json(const std::string& id, std::string_view document);
  Html& style(std::string_view css);       ///< of our own; throws std::logic_error where it would end its element
  Html& script(std::string_view program);  ///< of our own; `</script` in a string of it is written `<\/script`
  /// An SVG that another program made. Throws std::runtime_error where it is none, or holds what could act: a script,
  /// a foreign object, a handler, a link to elsewhere.
  Html& drawing(std::string_view svg, const std::string& label);

  /// A place that is filled in later. What fills it must have closed what it opened.
  std::size_t hole();
  void fill(std::size_t hole, Html&& content);
  Html& append(Html&& other);  ///< its holes must be filled

  std::size_t bytes() const;  ///< so far, holes included that are filled

  /// How far it is; back_to takes away all that came later, holes too.
  struct Mark {
    std::size_t parts = 0, bytes = 0, open = 0;
  };
  Mark mark() const { return {parts_.size(), parts_.back().size(), open_.size()}; }
  void back_to(const Mark& mark);

  /// All of it. Throws std::logic_error where an element is still open.
  std::string take() &&;

 private:
  std::string& out() { return parts_.back(); }
  void begin(Word tag, Attributes attributes);

  std::vector<std::string> parts_ = {""};  // a hole is the end of a part
  std::vector<std::string> holes_;         // what fills the hole behind each part but the last
  std::vector<std::string_view> open_;
};

/// What may stand in an `id` and behind `#`: letters, digits, - and _ stay, other bytes are written as .xx.
std::string fragment_of(std::string_view name);

}  // namespace shoal::host

#endif  // SHOAL_FRAMEWORK_REPORT_PAGE_HTML_H_
