namespace Keelson.Controllers.Tests;

public sealed class ControllerCatalogTests
{
    [Fact]
    public void All_names_of_upstream_may_be_selected_and_turned_off()
    {
        string[] off = [.. ControllerCatalog.NotRun.Keys.Select(static one => "-" + one)];
        IReadOnlyList<ControllerEntry> selected =
            ControllerCatalog.Select(["*", .. off, "-deployment"], out IReadOnlyList<string> unknown);
        Assert.Empty(unknown);
        Assert.DoesNotContain(selected, static one => one.Name == "deployment-controller");
        Assert.Contains(selected, static one => one.Name == "device-taint-eviction-controller");
        Assert.DoesNotContain(selected, static one => one.Name == "bootstrap-signer-controller");
        Assert.Empty(ControllerCatalog.All.Select(static one => one.Name).Intersect(ControllerCatalog.NotRun.Keys));
    }

    [Fact]
    public void A_name_that_upstream_does_not_have_is_told()
    {
        ControllerCatalog.Select(["*", "-nonsense", "token-cleaner-controller"], out IReadOnlyList<string> unknown);
        Assert.Equal(["-nonsense"], unknown);
    }
}
