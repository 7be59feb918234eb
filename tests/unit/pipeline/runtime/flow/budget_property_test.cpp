// Random pipelines with sources that reserve, stages that overdraw and sinks that may be dead, against what
// the budget promises in its header.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "pipeline/runtime/flow/budget.hpp"

namespace hiveframe::runtime {
namespace {

class World {
 public:
  struct Storage {
    std::uint64_t bytes;
    bool overdraft;  // charged, or granted because its pipeline held nothing
  };
  struct Pipeline {
    std::vector<Storage> held;
    bool dead = false;  // its sink never answers
    bool removed = false;
    std::uint64_t sum() const {
      std::uint64_t total = 0;
      for (const Storage& storage : held)
        total += storage.bytes;
      return total;
    }
  };
  struct Waiting {
    Budget::PipelineId pipeline;
    std::uint64_t bytes;
  };

  explicit World(std::uint32_t seed, std::uint64_t limit) : budget(limit), random_(seed) {}

  // Of each pipeline that is not removed: half of the limit, in equal shares.
  std::uint64_t guarantee() const {
    const auto count = std::count_if(pipelines.begin(), pipelines.end(),
                                     [](const auto& entry) { return !entry.second.removed; });
    return count == 0 ? 0 : budget.limit() / 2 / static_cast<std::uint64_t>(count);
  }

  std::uint64_t pick(std::uint64_t below) {
    return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random_);
  }

  void add(bool dead) { pipelines[budget.add_pipeline()].dead = dead; }

  void reserve(Budget::PipelineId id, std::uint64_t bytes) {
    const bool waits_already = std::any_of(waiting.begin(), waiting.end(),
                                           [id](const auto& entry) { return entry.second.pipeline == id; });
    const bool held_nothing = budget.held(id) == 0;
    const bool within = budget.held(id) + bytes <= guarantee();
    const Budget::Reservation answer = budget.try_reserve(id, bytes);
    if (answer.granted) {
      EXPECT_FALSE(waits_already) << "passed an elder of its own pipeline";
      pipelines[id].held.push_back({bytes, held_nothing});
    } else {
      waiting.emplace(answer.waiter, Waiting{id, bytes});
      if (!waits_already) {
        EXPECT_FALSE(held_nothing) << "a pipeline that holds nothing had to wait";
        if (shares_are_settled) {
          EXPECT_FALSE(within) << "had to wait for its own guarantee";
        }
      }
    }
    collect();
  }

  void charge(Budget::PipelineId id, std::uint64_t bytes) {
    budget.charge(id, bytes);
    pipelines[id].held.push_back({bytes, true});
  }

  void release_one(Budget::PipelineId id) {
    std::vector<Storage>& held = pipelines[id].held;
    if (held.empty()) return;
    const std::size_t which = pick(held.size());
    const std::uint64_t bytes = held[which].bytes;
    held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
    budget.release(id, bytes);
    collect();
  }

  void collect() {
    for (const Budget::WaiterId waiter : budget.take_granted()) {
      const auto found = waiting.find(waiter);
      ASSERT_NE(found, waiting.end()) << "granted twice, or never asked for";
      for (const auto& [other, request] : waiting) {
        if (request.pipeline == found->second.pipeline) {
          EXPECT_GE(other, waiter) << "passed an elder";
        }
      }
      Pipeline& pipeline = pipelines[found->second.pipeline];
      const bool held_nothing = pipeline.sum() == 0;
      pipeline.held.push_back({found->second.bytes, held_nothing});
      waiting.erase(found);
    }
  }

  // What must hold between any two calls.
  void check() {
    std::uint64_t total = 0;
    std::uint64_t overdraft = 0;
    std::set<Budget::PipelineId> seen;
    for (auto& [id, pipeline] : pipelines) {
      ASSERT_EQ(budget.held(id), pipeline.sum());
      total += pipeline.sum();
      for (const Storage& storage : pipeline.held)
        overdraft += storage.overdraft ? storage.bytes : 0;
    }
    ASSERT_EQ(budget.held(), total);
    ASSERT_LE(budget.held(), budget.limit() + overdraft);
    for (const auto& [waiter, request] : waiting) {
      if (!seen.insert(request.pipeline).second) continue;  // only the eldest of each
      ASSERT_GT(budget.held(request.pipeline), 0U) << "holds nothing and still waits";
      if (shares_are_settled) {
        ASSERT_GT(budget.held(request.pipeline) + request.bytes, guarantee()) << "starved of its guarantee";
      }
    }
  }

  Budget budget;
  std::map<Budget::PipelineId, Pipeline> pipelines;
  std::map<Budget::WaiterId, Waiting> waiting;
  bool shares_are_settled = true;  // no pipeline came while others held more than their new share

 private:
  std::mt19937 random_;
};

TEST(BudgetProperty, KeepsItsPromisesWhilePipelinesStay) {
  for (std::uint32_t seed = 0; seed < 80; ++seed) {
    World world(seed, 1000);
    const std::uint64_t count = 1 + world.pick(5);
    for (std::uint64_t i = 0; i < count; ++i)
      world.add(i > 0 && world.pick(3) == 0);
    for (int step = 0; step < 600; ++step) {
      const Budget::PipelineId id = 1 + world.pick(count);
      const std::uint64_t what = world.pick(100);
      if (what < 45) {
        world.reserve(id, world.pick(20) == 0 ? 1 + world.pick(1500) : world.pick(80));
      } else if (what < 50) {
        world.charge(id, world.pick(60));
      } else if (what < 54 && !world.waiting.empty()) {
        const auto victim = world.waiting.begin()->first;
        ASSERT_TRUE(world.budget.cancel(victim));
        world.waiting.erase(victim);
        world.collect();
      } else if (!world.pipelines[id].dead) {
        world.release_one(id);
      }
      ASSERT_NO_FATAL_FAILURE(world.check()) << "seed " << seed << " step " << step;
    }
    // Live pipelines empty themselves however their neighbours stand: nobody waits for a dead one.
    for (auto& [id, pipeline] : world.pipelines) {
      while (!pipeline.dead && !pipeline.held.empty())
        world.release_one(id);
    }
    for (const auto& [waiter, request] : world.waiting) {
      ASSERT_TRUE(world.pipelines[request.pipeline].dead) << "seed " << seed;
    }
    for (auto& [id, pipeline] : world.pipelines) {
      while (!pipeline.held.empty())
        world.release_one(id);
    }
    ASSERT_TRUE(world.waiting.empty()) << "seed " << seed;
    ASSERT_EQ(world.budget.held(), 0U);
    // Nothing is left behind that would narrow the next round.
    ASSERT_TRUE(world.budget.try_reserve(1, 1).granted);
    ASSERT_TRUE(
        world.budget.try_reserve(1, world.budget.limit() - world.guarantee() * (count - 1) - 1).granted);
  }
}

TEST(BudgetProperty, PipelinesComeAndGo) {
  for (std::uint32_t seed = 0; seed < 80; ++seed) {
    World world(seed, 1000);
    world.shares_are_settled = false;
    world.add(false);
    for (int step = 0; step < 600; ++step) {
      auto entry = world.pipelines.begin();
      std::advance(entry, static_cast<std::ptrdiff_t>(world.pick(world.pipelines.size())));
      const Budget::PipelineId id = entry->first;
      World::Pipeline& pipeline = entry->second;
      const std::uint64_t what = world.pick(100);
      if (what < 40 && !pipeline.removed) {
        world.reserve(id, world.pick(120));
      } else if (what < 44 && (!pipeline.removed || pipeline.sum() > 0)) {
        world.charge(id, world.pick(60));
      } else if (what < 48) {
        world.add(false);
        world.collect();
      } else if (what < 52 && !pipeline.removed) {
        pipeline.removed = true;
        std::erase_if(world.waiting, [id](const auto& waiter) { return waiter.second.pipeline == id; });
        world.budget.remove_pipeline(id);
        world.collect();
      } else {
        world.release_one(id);
      }
      ASSERT_NO_FATAL_FAILURE(world.check()) << "seed " << seed << " step " << step;
    }
    for (auto& [id, pipeline] : world.pipelines) {
      while (!pipeline.held.empty())
        world.release_one(id);
    }
    // Emptying one may have granted waiters of another that was already emptied.
    while (world.budget.held() > 0) {
      for (auto& [id, pipeline] : world.pipelines)
        world.release_one(id);
    }
    ASSERT_TRUE(world.waiting.empty()) << "seed " << seed;
  }
}

// A pipeline with a live sink gets through the same number of batches beside a dead neighbour that asks for
// ever as without it, as long as its own batches fit its guarantee.
TEST(BudgetProperty, ADeadNeighbourDoesNotSlowALiveOne) {
  Budget budget(1000);
  const auto dead = budget.add_pipeline();
  const auto alive = budget.add_pipeline();
  for (int i = 0; i < 100; ++i)
    budget.try_reserve(dead, 20);
  std::vector<std::uint64_t> held;
  for (int i = 0; i < 10'000; ++i) {
    if (held.size() == 10) {
      budget.release(alive, held.back());
      held.pop_back();
    }
    ASSERT_TRUE(budget.try_reserve(alive, 25).granted) << i;
    held.push_back(25);
    if (i % 100 == 0) budget.try_reserve(dead, 1);
    ASSERT_TRUE(budget.take_granted().empty());
    ASSERT_LE(budget.held(), budget.limit());
  }
}

}  // namespace
}  // namespace hiveframe::runtime
