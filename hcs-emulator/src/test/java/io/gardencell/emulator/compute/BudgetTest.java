package io.gardencell.emulator.compute;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BudgetTest {

  private final Budget budget = new Budget();

  @Test
  void isLookedAtBeforeAnythingIsKnown() {
    assertThat(budget.isDue(0, 0, 1_000)).isTrue();
  }

  @Test
  void isLeftAloneWhileNothingCanHaveGrown() {
    budget.looked(0, 500, 100);
    assertThat(budget.isDue(999, 500, 1_000)).isFalse();
    assertThat(budget.isDue(999, 549, 1_000)).isFalse();
  }

  @Test
  void isLookedAtWhenHalfOfWhatIsLeftCanHaveGone() {
    budget.looked(0, 500, 100);
    assertThat(budget.isDue(1, 550, 1_000)).isTrue();
  }

  @Test
  void isLookedAtAfterAWhileAnyway() {
    budget.looked(0, 500, 100);
    assertThat(budget.isDue(1_000, 0, 1_000)).isTrue();
  }

  @Test
  void isLookedAtOftenWhenItIsPastItsLimit() {
    budget.looked(0, 500, -100);
    assertThat(budget.isDue(1, 500, 1_000)).isFalse();
    assertThat(budget.isDue(1, 501, 1_000)).isTrue();
  }
}
