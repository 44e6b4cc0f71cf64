namespace KlingPS.Core.Tests.Project;

/// <summary>The help topic about_KlingPS_Errors is made from the one table of errors.</summary>
public sealed class AboutErrorsTests
{
    private const int Width = 78;

    private const string Head = """
        TOPIC
            about_KlingPS_Errors

        SHORT DESCRIPTION
            Every error of KlingPS: its id, what it means, and what to do next.

        LONG DESCRIPTION
            The first part of FullyQualifiedErrorId is the id below; it never changes.
            An error concerns one input object and does not end the command, except
            NotConnected and InsecureBaseUri.

            Every error is a KlingException with these properties:

              ErrorId            the id
              TaskName           your own name for the work, if you gave one
              Submission         the outcome of a paid submission: NotSent and
                                 NotCreated mean that nothing was paid, Created that
                                 the task exists, Unknown that it may exist
              HttpStatus         the HTTP status of the response, if there was one
              ServiceCode        the service's own code, a number or a word
              ServiceMessage     the service's own words
              RequestId          the service's id of the request, for its support
              RecommendedAction  one sentence: what to do next; empty if the message
                                 says it all

            A submission is retried only when the service provably created nothing.

              New-KlingVideo 'A harbour' -ErrorVariable failed
              $failed.Exception | Where-Object Submission -eq Unknown

            Get-KlingTask brings back the tasks that this machine submitted.

        ERRORS

        """;

    private const string Tail = """
        SEE ALSO
            Get-KlingTask
            New-KlingExtension
            Wait-KlingTask

        """;

    [Fact]
    public void The_help_topic_is_what_the_table_of_errors_says()
    {
        string page = Repository.PathOf("docs/en-US/about_KlingPS_Errors.help.txt");
        string text = Text();
        if (Environment.GetEnvironmentVariable("KLINGPS_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(page, text);
        }

        Assert.True(
            File.ReadAllText(page).ReplaceLineEndings("\n") == text,
            $"{page} differs from the table of errors. Run the tests with KLINGPS_UPDATE_DOCS=1 and commit it.");
    }

    private static string Text()
    {
        StringBuilder text = new(Head.ReplaceLineEndings("\n"));
        foreach (KlingError error in KlingError.All.OrderBy(error => error.Id, StringComparer.Ordinal))
        {
            text.Append("    ").Append(error.Id).Append(" (").Append(error.Category).Append(")\n");
            Wrap(text, error.Meaning);
            Wrap(text, error.Action);
            text.Append('\n');
        }

        return text.Append(Tail.ReplaceLineEndings("\n")).ToString();
    }

    private static void Wrap(StringBuilder text, string sentence)
    {
        const string indent = "        ";
        StringBuilder line = new(indent);
        foreach (string word in sentence.Split(' '))
        {
            if (line.Length > indent.Length && line.Length + word.Length > Width)
            {
                text.Append(line.ToString().TrimEnd()).Append('\n');
                line.Clear().Append(indent);
            }

            line.Append(word).Append(' ');
        }

        text.Append(line.ToString().TrimEnd()).Append('\n');
    }
}
