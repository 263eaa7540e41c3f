// Signing in without JavaScript: the same forms, the same way there and back.
import { en, expect, mailboxes, test } from "../support/test.ts";
import { signInHere } from "../support/provider.ts";
import { type ProviderName, SignIn, signInCard } from "../support/sign_in.ts";

test.use({ settings: signInHere(), ignoreHTTPSErrors: true });

for (const provider of ["microsoft", "google"] as ProviderName[]) {
  test(`a mailbox at ${provider} goes from the list to saved and green`, async ({ page, admin: _, mail }) => {
    const { bob } = mail;
    const signIn = new SignIn(page, provider);
    await page.goto(mailboxes());
    await signIn.wizard.beginWith(provider, "Bob's desk", bob.address);
    await signIn.begin.click();
    await signIn.there.signIn(bob);
    await signIn.there.cancel();
    await expect(signIn.remedy.getByRole("heading")).toHaveText("The sign-in was declined");
    await signIn.tryAgain.click();
    await signIn.there.goOnAs(bob);
    await signIn.there.accept();

    await expect(signIn.card).toContainText(bob.address);
    await expect(signIn.wizard.incoming.card).toContainText(en.wizard.not_checked);
    await signIn.wizard.save.click();
    await expect(page.getByText(en.signin.check_first)).toBeVisible();
    await page.getByRole("button", { name: en.signin.check_now, exact: true }).click();
    await signIn.expectConnected(bob);
    await signIn.wizard.save.click();
    await signIn.wizard.expectSaved();
    await expect(signInCard(page)).toContainText(bob.address);
    // The page looks for the activation mail's arrival by itself; the test does not wait that long.
    await expect(async () => {
      await page.reload();
      const working = [en.mailboxes.working, en.mailboxes.working];
      await expect(page.locator(".direction-state .badge")).toHaveText(working, { timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
  });
}
