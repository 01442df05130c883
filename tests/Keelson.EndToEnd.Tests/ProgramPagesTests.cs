namespace Keelson.EndToEnd.Tests;

public sealed class ProgramPagesTests
{
    [Fact]
    public void Pages_of_programs_that_only_the_start_needed_are_let_go_when_it_has_come_to_rest()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pages are Linux's");
        ProgramPages pages = new();
        long dropped = 0;

        // Tests beside this one may load libraries meanwhile; then the program is not at rest.
        for (int i = 0; i < 1000 && dropped == 0; i++)
        {
            dropped = pages.Look();
        }

        Assert.InRange(dropped, 16 << 20, long.MaxValue);
        Assert.Equal(0, pages.Look());
    }
}
