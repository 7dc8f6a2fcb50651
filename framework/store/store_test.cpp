#include "framework/store/store.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "framework/plugin/digest.h"
#include "framework/plugin/services.h"
#include "framework/store/checkpoint_folder.h"
#include "framework/store/content.h"
#include "framework/store/manifest_file.h"
#include "shoal/matrix.h"

namespace shoal::host {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    std::string name = (fs::temp_directory_path() / "store-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~StoreTest() override { fs::remove_all(folder_); }

  Store open() {
    return Store(folder_, [this](const std::string& id, const std::string& what) { told_.push_back(id + " " + what); });
  }
  Allocate allocate() { return allocate_in(services_); }
  ThreadPool& pool() { return services_.pool; }

  /// A result with one array of its own.
  Manifest keep(Store& store, double k) {
    Manifest out{.parts = {{"component", "clusterer/toy"}, {"with k", std::to_string(k)}}, .node = "groups"};
    out.key = key_of(out.parts);
    const std::vector<double> values(100, k);
    out.blobs = {store.put(ConstArray(values), pool())};
    out.outputs["values"]["labels"] = {{"digest", out.blobs[0]}};
    store.keep(out);
    return out;
  }
  fs::path file(const char* part, const std::string& name, const char* ending) const {
    return folder_ / part / name.substr(0, 2) / (name + ending);
  }
  static void flip_a_bit(const fs::path& file, std::streamoff at) {
    ::chmod(file.c_str(), 0644);
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(at);
    const int old = bytes.get();
    bytes.seekp(at);
    bytes.put(static_cast<char>(old ^ 1));
  }
  void age(const Manifest& manifest, double hours) {
    const auto then = fs::file_time_type::clock::now() - std::chrono::seconds(static_cast<long>(hours * 3600));
    fs::last_write_time(file("a", manifest.key, ".json"), then);
    for (const std::string& blob : manifest.blobs) fs::last_write_time(file("o", blob, ".npy"), then);
  }

  fs::path folder_;
  Services services_{2};
  std::vector<std::string> told_;
};

TEST_F(StoreTest, FindsWhatAnotherProcessKept) {
  Manifest kept;
  {
    Store first = open();
    kept = keep(first, 10);
  }
  Store second = open();
  const auto found = second.find(kept.key);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->parts, kept.parts);
  EXPECT_EQ(found->node, "groups");
  const Array array = second.get(found->blobs[0], allocate(), pool());
  EXPECT_THAT(array.view().vector<double>().first(2), ElementsAre(10.0, 10.0));
  EXPECT_EQ(array.rows(), 100);
  EXPECT_FALSE(second.find(std::string(64, '0')));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(StoreTest, EachPartOfAKeyCountsAndItsBorders) {
  EXPECT_EQ(key_of({{"a", "1"}}), key_of({{"a", "1"}}));
  EXPECT_NE(key_of({{"a", "1"}}), key_of({{"a", "2"}}));
  EXPECT_NE(key_of({{"a", "1"}}), key_of({{"a1", ""}}));
  EXPECT_NE(key_of({{"a", "1"}, {"b", "2"}}), key_of({{"b", "2"}, {"a", "1"}}));
}

TEST_F(StoreTest, AManifestWithAnyBitTurnedIsPutAsideAndNotThere) {
  Store store = open();
  const Manifest kept = keep(store, 10);
  const auto size = static_cast<std::streamoff>(fs::file_size(file("a", kept.key, ".json")));
  for (std::streamoff at = 0; at < size; at += 7) {
    keep(store, 10);
    told_.clear();
    flip_a_bit(file("a", kept.key, ".json"), at);
    EXPECT_FALSE(store.find(kept.key)) << "at byte " << at;
    EXPECT_THAT(told_, ElementsAre(HasSubstr("S701"))) << "at byte " << at;
    EXPECT_FALSE(fs::exists(file("a", kept.key, ".json")));
  }
  EXPECT_FALSE(fs::is_empty(folder_ / "q"));
}

TEST_F(StoreTest, AnArrayWithAnyBitTurnedIsPutAsideAndItsResultNotThere) {
  Store store = open();
  const Manifest kept = keep(store, 10);
  const fs::path blob = file("o", kept.blobs[0], ".npy");
  const auto size = static_cast<std::streamoff>(fs::file_size(blob));
  for (std::streamoff at = 0; at < size; at += 13) {
    keep(store, 10);
    flip_a_bit(blob, at);
    EXPECT_THROW(store.get(kept.blobs[0], allocate(), pool()), DamagedEntry) << "at byte " << at;
    EXPECT_FALSE(fs::exists(blob));
    EXPECT_FALSE(store.find(kept.key));
  }
}

TEST_F(StoreTest, ACutArrayIsDamagedAndAsksForNoMemory) {
  Store store = open();
  const Manifest kept = keep(store, 10);
  const fs::path blob = file("o", kept.blobs[0], ".npy");
  const auto whole = fs::file_size(blob);
  for (const std::uintmax_t size : {whole - 1, whole / 2, std::uintmax_t{70}, std::uintmax_t{5}, std::uintmax_t{0}}) {
    keep(store, 10);
    ::chmod(blob.c_str(), 0644);
    fs::resize_file(blob, size);
    EXPECT_THROW(store.get(kept.blobs[0], allocate(), pool()), DamagedEntry) << size << " bytes";
  }
}

TEST_F(StoreTest, VerifyFindsWhatIsDamagedAndLeavesTheOthers) {
  Store store = open();
  const Manifest bad = keep(store, 10), worse = keep(store, 11), good = keep(store, 12);
  flip_a_bit(file("o", bad.blobs[0], ".npy"), 300);
  flip_a_bit(file("a", worse.key, ".json"), 30);
  EXPECT_EQ(store.verify(allocate(), pool()).damaged, 2);
  EXPECT_EQ(store.verify(allocate(), pool()).damaged, 0);
  EXPECT_TRUE(store.find(good.key));
  EXPECT_EQ(store.list().size(), 1);
}

/// Lets the process open no file more.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoMoreFiles() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(StoreTest, WhatCannotBeReadNowIsNotDamaged) {
  Store store = open();
  const Manifest kept = keep(store, 10);
  CheckpointFolder checkpoint(store, std::string(64, 'c'));
  const std::vector<double> weights(100, 1.5);
  const std::string digest = checkpoint.put(ConstArray(weights), pool());
  checkpoint.keep({.key = std::string(64, 'c'), .node = "learn"});
  age(kept, 30);
  {
    const NoMoreFiles limit;
    EXPECT_THROW(store.find(kept.key), UnreadableEntry);
    EXPECT_THROW(store.get(kept.blobs[0], allocate(), pool()), UnreadableEntry);
    EXPECT_THROW(checkpoint.find(), UnreadableEntry);
    EXPECT_THROW(checkpoint.get(digest, allocate(), pool()), UnreadableEntry);
    EXPECT_THROW(store.list(), std::system_error);
    EXPECT_THROW(store.checkpoints(), std::system_error);
    // Not one it could list, so that every array would seem to be nobody's.
    EXPECT_THROW(store.prune({.older_seconds = 1e9}), std::system_error);
  }
  EXPECT_TRUE(fs::is_empty(folder_ / "q"));
  EXPECT_TRUE(store.find(kept.key));
  EXPECT_EQ(store.get(kept.blobs[0], allocate(), pool()).size(), 100);
  EXPECT_TRUE(checkpoint.find());
  EXPECT_EQ(checkpoint.get(digest, allocate(), pool()).size(), 100);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(StoreTest, CheckpointsAreListedAndVerified) {
  Store store = open();
  const std::vector<double> weights(1000, 2.5);
  for (const char letter : {'c', 'd', 'e'}) {
    const std::string key(64, letter);
    CheckpointFolder folder(store, key);
    Manifest manifest{.key = key, .parts = {{"format", "1"}, {"component", "trainer/toy"}}, .node = "learn"};
    manifest.node += letter;
    manifest.seconds = 7;
    folder.put(ConstArray(weights), pool());
    folder.keep(manifest);
  }
  const auto listed = store.checkpoints();
  ASSERT_EQ(listed.size(), 3);
  EXPECT_EQ(listed[0].node, "learn" + listed[0].key.substr(0, 1));
  EXPECT_EQ(listed[0].component, "trainer/toy");
  EXPECT_EQ(listed[0].seconds, 7);
  EXPECT_GT(listed[0].bytes, 8000);
  for (const auto& entry : fs::directory_iterator(folder_ / "k" / std::string(64, 'd')))
    if (entry.path().extension() == ".npy") flip_a_bit(entry.path(), 4000);
  Store other(folder_);
  const auto lock = other.try_lock(std::string(64, 'e'));  // somebody is at that work
  const auto found = store.verify(allocate(), pool());
  EXPECT_EQ(found.checkpoints, 1);
  EXPECT_EQ(found.damaged_checkpoints, 1);
  EXPECT_EQ(found.at_work, 1);
  EXPECT_EQ(found.damaged, 0);
  EXPECT_THAT(told_, ElementsAre(HasSubstr("S701 the checkpoint of dddddddddddd is damaged")));
  EXPECT_EQ(store.checkpoints().size(), 2);
  EXPECT_FALSE(fs::exists(folder_ / "k" / std::string(64, 'd')));
}

TEST_F(StoreTest, ALockIsHeldByOneAndFreedByTheEndOfItsProcess) {
  Store store = open();
  int ready[2], end[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(end), 0);
  const pid_t child = fork();
  if (child == 0) {  // holds the lock until it is killed
    Store other(folder_);
    const auto lock = other.try_lock("key");
    const char byte = lock ? 'y' : 'n';
    if (write(ready[1], &byte, 1) != 1) _exit(1);
    char wait;
    _exit(static_cast<int>(read(end[0], &wait, 1)));
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'y');
  EXPECT_FALSE(store.try_lock("key"));
  EXPECT_THAT(store.holder_of("key"), HasSubstr("process " + std::to_string(child)));
  EXPECT_TRUE(store.try_lock("another key"));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(store.try_lock("key"));
  for (const int descriptor : {ready[0], ready[1], end[0], end[1]}) close(descriptor);
}

TEST_F(StoreTest, WhatAProcessThatIsGoneLeftHalfWrittenIsRemoved) {
  const pid_t child = fork();
  if (child == 0) {
    Store other(folder_);
    std::ofstream(fs::directory_iterator(folder_ / "t")->path() / "0") << "half";
    kill(getpid(), SIGKILL);
  }
  waitpid(child, nullptr, 0);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "t"), fs::directory_iterator()), 1);
  Store store = open();
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "t"), fs::directory_iterator()), 1);  // its own
  EXPECT_TRUE(fs::is_empty(fs::directory_iterator(folder_ / "t")->path()));
}

TEST_F(StoreTest, WhatAMachineOfALongerNameWritesIsLeftAlone) {
  char host[256] = "";
  gethostname(host, sizeof(host) - 1);
  pid_t gone = 2;  // a number that no process has
  while (kill(gone, 0) == 0 || errno != ESRCH) ++gone;
  open();
  const fs::path theirs = folder_ / "t" / (std::string(host) + "-" + std::to_string(gone) + "-812");  // "alder-2", 812
  const fs::path dead = folder_ / "t" / (std::string(host) + "-" + std::to_string(gone));
  fs::create_directories(theirs);
  fs::create_directories(dead);
  Store store = open();
  EXPECT_TRUE(fs::exists(theirs));
  EXPECT_FALSE(fs::exists(dead));
}

TEST_F(StoreTest, PruneTakesMoreResultsThanAProcessMayHaveFilesOpen) {
  Store store = open();
  for (int k = 0; k < 100; ++k) keep(store, k);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit few = before;
  few.rlim_cur = 40;
  setrlimit(RLIMIT_NOFILE, &few);
  const std::int64_t size = store.size();
  const auto pruned = store.prune({.max_bytes = 0});
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(pruned.results.size(), 100);
  EXPECT_EQ(pruned.bytes, size);
  EXPECT_EQ(store.size(), 0);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(StoreTest, AManifestOfAnotherFormIsPutAside) {
  Store store = open();
  const Manifest kept = keep(store, 10);
  const std::string body = "{\"key\": \"" + kept.key + "\"}\n";  // its digest is right
  std::ofstream(file("a", kept.key, ".json")) << body << Digest().bytes(body.data(), body.size()).hex() << "\n";
  EXPECT_THAT(store.list(), IsEmpty());
  EXPECT_FALSE(store.find(kept.key));
  EXPECT_THAT(told_, ElementsAre(HasSubstr("S701")));
}

TEST_F(StoreTest, PruneTakesTheLongestUnusedAndKeepsWhatIsShared) {
  Store store = open();
  const Manifest old = keep(store, 10), shared = keep(store, 11), recent = keep(store, 12);
  Manifest sharing{.key = std::string(64, 'a'), .node = "other", .blobs = shared.blobs};
  store.keep(sharing);
  age(old, 30);
  age(shared, 20);
  const auto dry = store.prune({.older_seconds = 10 * 3600.0, .dry_run = true});
  EXPECT_EQ(dry.results.size(), 2);
  EXPECT_TRUE(store.find(old.key));
  age(old, 30);
  const auto pruned = store.prune({.older_seconds = 10 * 3600.0});
  ASSERT_EQ(pruned.results.size(), 2);
  EXPECT_EQ(pruned.results[0].manifest.key, old.key);
  EXPECT_EQ(pruned.bytes, dry.bytes);
  EXPECT_FALSE(store.find(old.key));
  EXPECT_FALSE(fs::exists(file("o", old.blobs[0], ".npy")));
  EXPECT_TRUE(store.find(sharing.key));  // still has the array of the one that went
  EXPECT_TRUE(store.find(recent.key));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(StoreTest, PruneToASizeLeavesTheLatestUsed) {
  Store store = open();
  std::vector<Manifest> kept;
  for (int k = 0; k < 6; ++k) {
    kept.push_back(keep(store, k));
    age(kept.back(), 10 - k);
  }
  const std::int64_t whole = store.size();
  store.prune({.max_bytes = whole / 2});
  EXPECT_LE(store.size(), whole / 2);
  EXPECT_FALSE(store.find(kept[0].key));
  EXPECT_TRUE(store.find(kept[5].key));
}

TEST_F(StoreTest, AResultThatIsBeingComputedIsNotPruned) {
  Store store = open();
  const Manifest kept = keep(store, 10);
  age(kept, 30);
  Store other(folder_);
  const auto lock = other.try_lock(kept.key);
  EXPECT_THAT(store.prune({.older_seconds = 0.0}).results, IsEmpty());
}

TEST_F(StoreTest, AStoreOfAnotherFormatIsRefused) {
  open();
  std::ofstream(folder_ / "format") << "shoal-store 2\n";
  EXPECT_THROW(open(), StoreFormatError);
}

TEST_F(StoreTest, ContentsDependOnNumbersShapeAndTypeAlone) {
  const std::vector<float> numbers = {1, 2, 3, 4, 5, 6};
  const std::string digest = content_digest(ConstArray(numbers.data(), {2, 3}), pool());
  EXPECT_NE(digest, content_digest(ConstArray(numbers.data(), {3, 2}), pool()));
  EXPECT_NE(digest, content_digest(ConstArray(numbers.data(), {6}), pool()));
  const std::vector<double> wider(numbers.begin(), numbers.end());
  EXPECT_NE(digest, content_digest(ConstArray(wider.data(), {2, 3}), pool()));
  // The same rows, further apart in memory.
  const std::vector<float> gaps = {1, 2, 3, 9, 4, 5, 6, 9};
  const Index shape[] = {2, 3}, strides[] = {4, 1};
  const shoal_array strided{const_cast<float*>(gaps.data()), 1, 0, 2, SHOAL_CODE_FLOAT, 32, 1, shape, strides, 0};
  EXPECT_EQ(digest, content_digest(ConstArray(strided), pool()));
  ThreadPool alone(1);
  const RowMatrix<float> large = RowMatrix<float>::Random(5000, 700);  // several blocks
  EXPECT_EQ(content_digest(ConstArray(large), alone), content_digest(ConstArray(large), pool()));
}

}  // namespace
}  // namespace shoal::host
